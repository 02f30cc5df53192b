#pragma once

#include "actors/pinned.hpp"
#include "actors/turn_machine.hpp"
#include "protocol/interfaces.hpp"

namespace velox::actors {

struct turn_taker_state {
  static inline const char* name = "turn-taker";

  turn_taker_state() = default; // no aggregate, or CAF fills it with `self`

  call_actor call;
  peers others;
  turn_machine machine;
  call_stage stage = call_stage::starting; ///< as the call was told
  uint64_t look = 0; ///< numbers the timers: an earlier one means nothing
};

using turn_taker_pointer = pinned_pointer<turn_taker_actor, turn_taker_state>;

/// Gives a turn_machine its events and the time, and does what it decides.
turn_taker_actor::behavior_type
turn_taker(turn_taker_pointer self, const call_actor& call,
           const turn_policy& policy);

} // namespace velox::actors
