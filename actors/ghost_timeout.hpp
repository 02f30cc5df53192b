#pragma once

#include "actors/pinned.hpp"
#include "protocol/interfaces.hpp"

namespace velox::actors {

/// Hears that nobody is on the line any more.
using hangup_actor = caf::typed_actor<caf::reacts_to<caller_gone>>;

struct ghost_timeout_state {
  static inline const char* name = "ghost-timeout";

  ghost_timeout_state() = default; // no aggregate, or CAF fills it with `self`

  hangup_actor call;
  caf::timespan patience{0};
  caf::actor_clock::time_point last_heard;
  uint64_t wait = 0; ///< numbers the waits: an earlier one means nothing
};

using ghost_timeout_pointer
  = pinned_pointer<ghost_timeout_actor, ghost_timeout_state>;

/// Tells `call` that the caller is gone once nothing at all, not even silence,
/// has come from their side for `patience`.
ghost_timeout_actor::behavior_type
ghost_timeout(ghost_timeout_pointer self, const hangup_actor& call,
              caf::timespan patience);

} // namespace velox::actors
