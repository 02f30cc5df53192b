#pragma once

#include "adapters/net/core.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace velox::net {

class http_connection;

/// INTERNAL to adapters/net: one request, from `outbound::send` to its end. It
/// waits in the pool of its origin, then a connection carries it; they own it.
/// On the outbound's thread.
class http_exchange final : public stoppable,
                            public std::enable_shared_from_this<http_exchange> {
public:
  using clock = std::chrono::steady_clock;

  http_exchange(core_ptr out, request x, exchange_handlers hears);

  void start();
  void give_up();
  void stop() override;

  // -- for the pool
  bool done() const { return done_; }
  /// Whether a connection is being made on its behalf.
  bool connecting = false;
  /// Only a connection that nobody has used will do.
  bool fresh_only = false;
  /// Begins the wait for a connection.
  void wait();
  clock::time_point connect_deadline() const { return connect_deadline_; }

  // -- for the connection
  const request& asked() const { return asked_; }
  const std::string& head() const { return head_; }
  void on_connection(const std::shared_ptr<http_connection>& x);
  /// The connection is lost and nothing came: back to the pool.
  void try_again();
  void on_head(const response_head& x);
  void on_piece(std::string_view x);
  void on_end();
  void on_fail(failure what, std::string_view why, bool sent);

private:
  void finish();

  core_ptr out_;
  request asked_;
  std::shared_ptr<exchange_handlers> hears_; ///< empty once over
  std::string host_;
  std::string head_;
  std::shared_ptr<http_pool> pool_;
  std::weak_ptr<http_connection> connection_;
  boost::asio::steady_timer timer_;
  clock::time_point connect_deadline_;
  bool done_ = false;
};

/// What `outbound::send` returns. It holds nothing of `x`, which is made of
/// timers: those must not outlive their io_context, and a handle may.
std::shared_ptr<exchange>
make_handle(const core& out, const std::shared_ptr<http_exchange>& x);

} // namespace velox::net
