#pragma once

#include "protocol/interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <set>
#include <string>

namespace velox::actors {

/// Settles what calls left behind that nobody carries any more: those of a node
/// that died, those whose media socket never started, those whose ledger was
/// away when they ended.
using reservation_sweeper_actor = caf::typed_actor<
  // INTERNAL: it is time to look again.
  caf::reacts_to<caf::tick_atom>>;

struct sweeper_options {
  caf::timespan every = std::chrono::seconds{30};
  /// A call of which nothing was heard for so long may be dead. Longer than two
  /// ticks, for a live one is charged every tick.
  caf::timespan quiet = std::chrono::seconds{90};
  /// Tells whether another node carries a call, by calling `done` once, on any
  /// thread. Empty: there is no other node that leases its calls.
  std::function<void(const std::string& call_id,
                     std::function<void(bool carried)> done)>
    carried_elsewhere{};
  /// The time of day.
  std::function<unix_ms()> time_of_day;
};

struct reservation_sweeper_state {
  static inline const char* name = "reservation-sweeper";
};

/// Looks every `options.every`; calls of `registry` are left alone.
reservation_sweeper_actor::behavior_type reservation_sweeper(
  reservation_sweeper_actor::stateful_pointer<reservation_sweeper_state> self,
  const call_registry_actor& registry, const ledger_actor& ledger,
  const sweeper_options& options);

} // namespace velox::actors
