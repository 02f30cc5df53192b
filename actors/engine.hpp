#pragma once

#include "actors/call_registry.hpp"
#include "actors/provider_gateway.hpp"
#include "actors/supervisor.hpp"
#include "protocol/interfaces.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace velox::actors {

/// Everything engine-wide behind one address that never changes: messages are
/// handed to whoever holds the office at the time.
using engine_actor = call_registry_actor::extend_with<ledger_actor, store_actor,
                                                      provider_gateway_actor>;

struct engine_options {
  admission_options admission;
  /// Make the store and the ledger afresh, at start and after a crash.
  std::function<store_actor()> make_store;
  std::function<ledger_actor()> make_ledger;
  /// The vendors, each guarded by a gateway of its own.
  std::vector<gateway_options> gateways{};
  supervision children;
};

struct engine_state {
  static inline const char* name = "engine";

  engine_state() = default; // no aggregate, or CAF fills it with `self`

  std::optional<supervisor> children;
  call_registry_actor registry;
  store_actor store;
  ledger_actor ledger;
  std::map<std::string, provider_gateway_actor> gateways;
};

/// The root supervisor. The engine ends when one of its parts cannot be kept
/// alive, and then with the reason.
engine_actor::behavior_type
engine(engine_actor::stateful_pointer<engine_state> self,
       const engine_options& options);

} // namespace velox::actors
