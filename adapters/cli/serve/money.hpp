#pragma once

#include "actors/reservation_sweeper.hpp"
#include "adapters/carriers/twilio/talk_time_gate.hpp"
#include "config/settings.hpp"
#include "persistence/ledger_store.hpp"
#include "protocol/session_store.hpp"

#include <caf/actor_system.hpp>

#include <functional>

/// How calls are paid for in the running engine: the parts of the ledger, put
/// together (docs/money.md).

namespace velox::cli {

/// Makes ledgers over `database`, one after another should one fall.
std::function<ledger_actor()>
ledger_maker(caf::actor_system& system,
             const persistence::database_options& database,
             const config::billing_settings& settings);

/// Sets talk time aside for media sockets.
carriers::twilio::talk_time_gate
talk_gate(caf::actor_system& system, ledger_actor ledger);

/// Starts the actor that settles what calls left behind. Calls that `sessions`
/// shows on any node are left alone.
actors::reservation_sweeper_actor
start_sweeper(caf::actor_system& system, call_registry_actor registry,
              ledger_actor ledger, session_store_actor sessions,
              const config::billing_settings& settings);

} // namespace velox::cli
