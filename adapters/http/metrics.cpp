#include "adapters/http/metrics.hpp"

#include "adapters/http/router.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <utility>

namespace velox::http {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;

auto& counters(prometheus::Registry& registry, const char* name,
               const char* help) {
  return BuildCounter().Name(name).Help(help).Register(registry);
}

auto& counter(prometheus::Registry& registry, const char* name,
              const char* help) {
  return counters(registry, name, help).Add({});
}

auto& gauge(prometheus::Registry& registry, const char* name,
            const char* help) {
  return BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

} // namespace

metrics::metrics()
  : registry_(std::make_shared<prometheus::Registry>()),
    requests_(counters(*registry_, "velox_http_requests_total",
                       "HTTP requests answered, by route and status")),
    refused_(counters(*registry_, "velox_media_refused_total",
                      "Media sockets that never became a call, by reason")),
    incoming_(counters(*registry_, "velox_incoming_calls_total",
                       "Incoming call webhooks answered, by outcome")),
    http_connections(gauge(*registry_, "velox_http_connections",
                           "Open connections, WebSockets included")),
    http_refused(counter(*registry_, "velox_http_refused_connections_total",
                         "Connections refused at the connection limit")),
    media_sockets(
      gauge(*registry_, "velox_media_sockets_live", "Live media sockets")),
    media_sessions(gauge(*registry_, "velox_media_sessions_live",
                         "Media sessions not yet released by their call")),
    media_frames_in(counter(*registry_, "velox_media_frames_in_total",
                            "Media messages received from carriers")),
    media_frames_out(counter(*registry_, "velox_media_frames_out_total",
                             "Media messages written to carriers")),
    media_bytes_in(counter(*registry_, "velox_media_bytes_in_total",
                           "Audio bytes received from carriers")),
    media_bytes_out(counter(*registry_, "velox_media_bytes_out_total",
                            "Audio bytes queued for carriers")),
    protocol_errors(counter(*registry_, "velox_media_protocol_errors_total",
                            "Malformed messages from carriers")),
    protocol_closings(counter(*registry_,
                              "velox_media_protocol_violations_total",
                              "Media sockets closed for what they sent")) {}

metrics::~metrics() = default;

void metrics::count_request(std::string_view method, std::string_view route,
                            unsigned status) {
  requests_
    .Add({{"method", std::string{method}},
          {"route", std::string{route}},
          {"status", std::to_string(status)}})
    .Increment();
}

void metrics::count_refused(std::string_view reason) {
  refused_.Add({{"reason", std::string{reason}}}).Increment();
}

void metrics::count_incoming(std::string_view outcome) {
  incoming_.Add({{"outcome", std::string{outcome}}}).Increment();
}

std::string metrics::text() const {
  return prometheus::TextSerializer{}.Serialize(registry_->Collect());
}

void add_metrics(router& routes, std::shared_ptr<metrics> source) {
  routes.get("/metrics", [source = std::move(source)](const request&,
                                                      const responder& answer) {
    answer(
      {200, source->text(), "text/plain; version=0.0.4; charset=utf-8", {}});
  });
}

} // namespace velox::http
