#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace prometheus {
class Counter;
class Gauge;
class Registry;
template <class T>
class Family;
} // namespace prometheus

namespace velox::http {

class router;

/// What the engine counts at its edge, and the registry to which other parts
/// add their own. All members may be used from any thread; increments are one
/// atomic operation.
class metrics {
public:
  metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;
  ~metrics();

  prometheus::Registry& registry() { return *registry_; }

  /// Counts one answered request in `velox_http_requests_total`. `route` is the
  /// pattern, so that the number of series stays bounded.
  void count_request(std::string_view method, std::string_view route,
                     unsigned status);

  /// Counts a media socket that never became a call, by a fixed word, in
  /// `velox_media_refused_total`.
  void count_refused(std::string_view reason);

  /// Counts an answered incoming-call webhook ("connected", "busy",
  /// "unknown_number", "forbidden", ...) in `velox_incoming_calls_total`.
  void count_incoming(std::string_view outcome);

  /// All metrics in the Prometheus text format 0.0.4.
  std::string text() const;

private:
  // Before the references below, which live in it.
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Family<prometheus::Counter>& incoming_;

public:
  prometheus::Gauge& http_connections; ///< open, WebSockets included
  prometheus::Counter& http_refused;   ///< over max_connections
  prometheus::Gauge& media_sockets;    ///< open media sockets
  /// Media sessions in memory: a socket's, until its actor lets go as well.
  prometheus::Gauge& media_sessions;
  prometheus::Counter& media_frames_in;   ///< media messages received
  prometheus::Counter& media_frames_out;  ///< media messages written
  prometheus::Counter& media_bytes_in;    ///< mu-law bytes received
  prometheus::Counter& media_bytes_out;   ///< mu-law bytes queued
  prometheus::Counter& protocol_errors;   ///< messages that were not Twilio's
  prometheus::Counter& protocol_closings; ///< media sockets closed for them
};

/// Adds `GET /metrics`.
void add_metrics(router& routes, std::shared_ptr<metrics> source);

} // namespace velox::http
