#pragma once

#include "actors/call_services.hpp"
#include "config/settings.hpp"
#include "protocol/turn_policy.hpp"

namespace velox::cli {

/// What the settings mean to the turn taker, before an agent's own wishes.
turn_policy turn_policy_of(const config::turn_settings& x);

/// What calls may do, and how long.
actors::call_limits limits_of(const config::settings& x);

} // namespace velox::cli
