#pragma once

#include "adapters/http/router.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace velox::http {

class metrics;

struct server_options {
  std::string host = "0.0.0.0"; ///< IPv4 or IPv6 address to listen on
  uint16_t port = 0;            ///< 0: any free one, see `server::port`
  /// Several processes may listen on the same port; the kernel deals.
  bool share_port = false;
  /// PEM files, the certificate with its chain. Both empty: plain HTTP.
  std::string tls_certificate;
  std::string tls_key;
  std::uint32_t header_limit = 8192;      ///< bytes of request line and headers
  std::uint64_t body_limit = 1024 * 1024; ///< bytes
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000}; ///< also for the response
  std::chrono::milliseconds idle_timeout{60'000}; ///< between two requests
  std::size_t max_connections = 10'000;           ///< WebSockets included
};

/// HTTP/1.1 over TCP or TLS (1.2 and up) on threads that it does not own. Each
/// connection lives on one of the io_contexts, the one with the fewest.
class server {
public:
  /// Listens at once. Each context is run by one thread, and they outlive the
  /// server, its connections and every responder. Throws std::runtime_error
  /// that says what to change when the port or the certificate is no good.
  server(server_options options, std::vector<boost::asio::io_context*> shards,
         router routes, std::shared_ptr<metrics> counts);
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Closes what is left, without waiting.
  ~server();

  /// The port that it listens on.
  uint16_t port() const;

  /// Open connections, WebSockets included. Any thread.
  std::size_t connections() const;

  /// Stops listening, lets requests under way finish with `Connection: close`
  /// and, after `deadline`, closes what is left, WebSockets with code 1001.
  /// `stopped` is called once, on a shard thread, when the last connection is
  /// gone. Any thread; later calls may only shorten the deadline.
  void
  stop(std::chrono::milliseconds deadline, std::function<void()> stopped = {});

  /// The routes that it serves.
  const router& routes() const;

private:
  struct core;
  std::shared_ptr<core> core_;
};

} // namespace velox::http
