#pragma once

#include "adapters/http/router.hpp"
#include "protocol/interfaces.hpp"

#include <caf/actor_system.hpp>

#include <string>

namespace velox::console {

/// Adds, for the admin key only:
///
/// - `GET /api/v1/providers`: every vendor with the state of its circuit
///   breaker, the places in use, and what was admitted, refused and failed
///   since the start
void add_provider_list(http::router& routes, caf::actor_system& sys,
                       provider_gateway_actor gateways, std::string admin_key);

} // namespace velox::console
