#pragma once

#include "persistence/database_session.hpp"
#include "persistence/stripe_effects.hpp"
#include "protocol/outside.hpp"

#include <caf/fwd.hpp>

namespace velox::persistence {

/// Starts the store of what the engine tells the outside and hears from there,
/// in a thread of its own with a connection of its own: a slow receiver of
/// webhooks must not make a call wait.
outside_store_actor
spawn_outside_store(caf::actor_system& sys, const database_options& options,
                    const stripe_catalogue& sold);

} // namespace velox::persistence
