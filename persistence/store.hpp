#pragma once

#include "persistence/database_session.hpp"
#include "protocol/interfaces.hpp"

#include <caf/fwd.hpp>

namespace velox::persistence {

using store_options = database_options;

/// Starts a store in a thread of its own, for it may block. Each request is one
/// transaction and answered after its commit; batches of the call log that wait
/// together are committed together. A failed database makes every request an
/// `errc::store_failed` until it works again; nobody has to restart the store.
/// Ask for the last answers before you end it: a request without an answer may
/// not have been carried out.
store_actor spawn_store(caf::actor_system& sys, const store_options& options);

} // namespace velox::persistence
