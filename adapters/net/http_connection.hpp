#pragma once

#include "adapters/net/http_exchange.hpp"
#include "adapters/net/response_reader.hpp"
#include "adapters/net/stream.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <memory>
#include <optional>

namespace velox::net {

/// INTERNAL to adapters/net: one connection that carries one request after the
/// other. A read is always under way: while idle it sees the peer hang up. On
/// the outbound's thread.
class http_connection final
  : public stoppable,
    public std::enable_shared_from_this<http_connection> {
public:
  http_connection(core_ptr out, std::weak_ptr<http_pool> pool,
                  std::unique_ptr<stream> wire);

  /// Begins to listen and tells the pool that it is free.
  void start();

  /// Carries `x`; only when free.
  void run(std::shared_ptr<http_exchange> x);

  /// The request is not wanted any more: what little is still to come is
  /// drained, or else the connection closes.
  void abandon();

  void close();
  void stop() override { close(); }

  /// The requests carried so far.
  std::size_t served() const { return served_; }

  /// The pool no longer counts it among the idle ones.
  void forget_idle() { idle_ = false; }

private:
  using clock = std::chrono::steady_clock;

  void read();
  void on_read(error_code ec, std::size_t bytes);
  void parse();
  void deliver();
  void on_response_end();
  void on_loss(error_code ec);
  bool may_retry(error_code ec) const;
  void write(std::size_t offset);
  void on_written(error_code ec, std::size_t offset);
  void fail(failure what, std::string_view why);
  void set_deadline(milliseconds wait);
  void wait_for_deadline();
  void on_deadline();

  core_ptr out_;
  std::weak_ptr<http_pool> pool_;
  std::unique_ptr<stream> stream_;
  boost::asio::steady_timer timer_;
  clock::time_point deadline_{};
  bool timer_runs_ = false;
  boost::beast::flat_buffer buffer_;
  std::shared_ptr<http_exchange> exchange_; ///< empty when idle or draining
  std::shared_ptr<http_exchange> writing_;  ///< whose bytes are being written
  std::optional<response_reader> reader_;   ///< empty when idle
  clock::time_point began_{};
  std::size_t served_ = 0;
  bool idle_ = false;      ///< the pool has it
  bool head_told_ = false; ///< of the response under way
  bool answered_ = false;  ///< a byte of the response has come
  bool closed_ = false;
};

} // namespace velox::net
