#include "adapters/console/provider_list.hpp"

#include "adapters/console/admin_key.hpp"
#include "adapters/http/ask.hpp"
#include "protocol/json.hpp"
#include "protocol/type_ids.hpp"

#include <algorithm>

namespace velox::console {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{5};

std::string to_json(std::vector<provider_status> all) {
  std::sort(all.begin(), all.end(),
            [](auto& a, auto& b) { return a.provider < b.provider; });
  json_array list;
  for (auto& x : all)
    list.add(json_object{}
               .add("provider", x.provider)
               .add("breaker", x.breaker)
               .add("in_use", x.in_use)
               .add("limit", x.limit)
               .add("admitted", x.admitted)
               .add("refused", x.refused)
               .add("failed", x.failed));
  return json_object{}.add("providers", list).str();
}

} // namespace

void add_provider_list(http::router& routes, caf::actor_system& sys,
                       provider_gateway_actor gateways, std::string admin_key) {
  auto show
    = [&sys, gateways](const http::request&, const http::responder& answer) {
        http::ask(
          sys, gateways, patience,
          [answer](const std::vector<provider_status>& all) {
            answer(http::json_response(200, to_json(all)));
          },
          [answer](const caf::error&) {
            answer(http::error_response(503, "unavailable",
                                        "The engine could not answer in time.",
                                        "Try again; see GET /readyz if it "
                                        "persists."));
          },
          list_providers{});
      };
  routes.add("GET", "/api/v1/providers",
             with_admin_key(std::move(admin_key), show));
  routes.alias("/api/providers", "/api/v1/providers");
}

} // namespace velox::console
