#include "actors/model_routes.hpp"

#include "protocol/recognised_words.hpp"

#include <numeric>

namespace velox::actors {

const std::vector<std::size_t>&
route(const model_routes& routes, const prompt& x) {
  auto words = x.history.empty() || x.history.back().role != "user"
                 ? 0
                 : count_words(x.history.back().text);
  if (words < routes.rule.medium_from)
    return routes.small;
  return words < routes.rule.large_from ? routes.medium : routes.large;
}

model_menu
make_menu(const call_providers& of, const provider_gateway_actor& gateways) {
  model_menu result;
  auto add = [&](const auto& some) {
    std::vector<std::size_t> places(some.size());
    std::iota(places.begin(), places.end(), result.models.all.size());
    auto& all = result.models.all;
    all.insert(all.end(), some.begin(), some.end());
    return places;
  };
  auto small = add(of.small_models);
  auto medium = add(of.medium_models);
  auto large = add(of.models);
  auto in_order = [](auto a, const auto& b, const auto& c) {
    a.insert(a.end(), b.begin(), b.end());
    a.insert(a.end(), c.begin(), c.end());
    return a;
  };
  // Who is missing is stood in for by the next better one.
  result.routes.small = in_order(small, medium, large);
  result.routes.medium = in_order(medium, large, small);
  result.routes.large = in_order(large, medium, small);
  result.routes.rule = of.complexity;
  result.models.gateways = gateways;
  return result;
}

model_menu make_menu(model_list models) {
  call_providers x;
  x.models = std::move(models.all);
  return make_menu(x, models.gateways);
}

} // namespace velox::actors
