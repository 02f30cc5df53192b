#pragma once

#include "actors/provider_access.hpp"
#include "protocol/messages.hpp"
#include "protocol/ports.hpp"

#include <cstddef>
#include <vector>

namespace velox::actors {

using model_list = provider_list<language_model_factory>;

/// Which models of a list answer what, in the order of preference: places in
/// the list. Simple turns go to small models, so that the answer comes early
/// and cheap; when all of a size fail, the others stand in.
struct model_routes {
  std::vector<std::size_t> small;
  std::vector<std::size_t> medium;
  std::vector<std::size_t> large;
  complexity_rule rule;
};

/// The order for this prompt; by the caller's last words.
const std::vector<std::size_t>&
route(const model_routes& routes, const prompt& x);

/// All models of a call in one list, with the routes through it.
struct model_menu {
  model_list models;
  model_routes routes;
};

model_menu
make_menu(const call_providers& of, const provider_gateway_actor& gateways);

/// The menu of a list without sizes.
model_menu make_menu(model_list models);

} // namespace velox::actors
