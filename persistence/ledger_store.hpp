#pragma once

#include "persistence/database_session.hpp"
#include "persistence/ledger.hpp"
#include "protocol/interfaces.hpp"

#include <caf/fwd.hpp>

namespace velox::persistence {

/// Starts the ledger in a thread of its own, with a connection of its own, so
/// that a tick does not queue behind the call log. Every request is one
/// transaction and answered after its commit. A failed database makes every
/// request an `errc::store_failed` until it works again.
ledger_actor
spawn_ledger_store(caf::actor_system& sys, const database_options& database,
                   const ledger_options& options);

} // namespace velox::persistence
