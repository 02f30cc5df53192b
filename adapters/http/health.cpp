#include "adapters/http/health.hpp"

#include "adapters/http/router.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <utility>

namespace velox::http {

namespace {

response ready_response(const std::vector<health_check>& checks) {
  auto whole
    = std::all_of(checks.begin(), checks.end(), [](auto& x) { return x.ok; });
  auto ok = std::all_of(checks.begin(), checks.end(),
                        [](auto& x) { return x.ok || !x.required; });
  json_array list;
  for (auto& x : checks) {
    json_object entry;
    entry.add("name", x.name).add("ok", x.ok);
    if (!x.explanation.empty())
      entry.add("explanation", x.explanation);
    list.add(entry);
  }
  json_object body;
  body.add("status", whole ? "ready"
                     : ok  ? "degraded"
                           : "not ready")
    .add("checks", list);
  return json_response(ok ? 200 : 503, body.str());
}

} // namespace

void add_health(router& routes, readiness look) {
  routes.get("/healthz", [](const request&, const responder& answer) {
    answer(json_response(200, R"({"status":"alive"})"));
  });
  routes.alias("/health", "/healthz");
  auto ready
    = [look = std::move(look)](const request&, const responder& answer) {
        look([answer](std::vector<health_check> checks) {
          answer(ready_response(checks));
        });
      };
  routes.get("/readyz", ready, {std::chrono::seconds{5}});
}

} // namespace velox::http
