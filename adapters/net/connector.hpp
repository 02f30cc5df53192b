#pragma once

#include "adapters/net/stream.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <optional>

namespace velox::net {

/// INTERNAL to adapters/net: makes one connection: DNS, the proxy, TCP, TLS,
/// all within one deadline. On the outbound's thread.
class connector final : public stoppable,
                        public std::enable_shared_from_this<connector> {
public:
  using clock = std::chrono::steady_clock;
  /// The connection, or why there is none.
  using outcome
    = std::function<void(std::unique_ptr<stream>, std::optional<error>)>;

  /// `tunnel`: through a proxy, even without TLS, for what is no HTTP.
  connector(core_ptr out, origin to, bool tunnel, clock::time_point deadline);

  /// `done` is called once, never during `start`; not after `abort`.
  void start(outcome done);
  void abort();
  void stop() override;

private:
  struct attempt;

  void resolve();
  void on_resolved(const resolver::addresses& found);
  void next_attempt();
  void on_attempt(const std::shared_ptr<attempt>& x, error_code ec);
  void on_connected(tcp_socket socket);
  void ask_proxy();
  void read_proxy();
  void on_proxy_bytes(std::size_t bytes);
  void begin_tls();
  void on_tls(error_code ec);
  void succeed();
  void fail(failure what, std::string_view why);
  /// Who is asked for an address: the proxy or the peer.
  const std::string& next_host() const;
  void clear();
  void close_attempts();

  core_ptr out_;
  origin to_;
  bool tunnel_;
  clock::time_point deadline_;
  std::optional<proxy> proxy_;
  outcome done_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer stagger_;
  resolver::addresses left_; ///< the first is at the back
  std::vector<std::shared_ptr<attempt>> attempts_;
  error_code last_error_;
  bool resolving_ = false;
  std::unique_ptr<stream> stream_;
  std::string buffer_; ///< what is written to the proxy, then what it says
};

} // namespace velox::net
