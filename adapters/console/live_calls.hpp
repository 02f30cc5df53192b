#pragma once

#include "adapters/http/router.hpp"
#include "protocol/session_store.hpp"

#include <caf/actor_system.hpp>

#include <string>

/// What operators see and do while calls are live; `velox ctl` speaks to it.

namespace velox::console {

/// Adds, each for the admin key only (`Authorization: Bearer KEY`):
///
/// - `GET /api/v1/calls/live`: all live calls with their actor trees
/// - `GET /api/v1/calls/{id}/tree`: one of them
/// - `GET /api/v1/calls/{id}/events?after=N`: the call log behind event N, also
///   of calls that are over
/// - `POST /api/v1/calls/{id}/end`: says goodbye and ends the call, also one of
///   another node that `sessions` knows
/// - `POST /api/v1/calls/{id}/actors/{name}/kill`: kills one actor, as a drill
///
/// `/api/...` is an alias of `/api/v1/...`.
void add_live_calls(http::router& routes, caf::actor_system& sys,
                    call_registry_actor registry, store_actor store,
                    std::string admin_key,
                    session_store_actor sessions = session_store_actor{});

} // namespace velox::console
