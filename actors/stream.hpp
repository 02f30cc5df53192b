#pragma once

#include "actors/pinned.hpp"
#include "actors/recent_audio.hpp"
#include "actors/speech_queue.hpp"
#include "protocol/ports.hpp"

namespace velox::actors {

struct stream_state {
  static inline const char* name = "stream";

  stream_state() = default; // no aggregate, or CAF fills it with `self`

  carrier_leg_ptr leg;
  call_actor call;
  peers others;
  speech_queue queue;
  recent_audio recent;
  uint64_t look = 0; ///< numbers the timers: an earlier one means nothing
  caf::actor_clock::time_point late_at{}; ///< when a turn was reported as late
};

using stream_pointer = pinned_pointer<stream_actor, stream_state>;

/// Speaks to the caller over `leg` and tells the others what comes back. Owns
/// the promise that nothing of a cancelled turn is written any more.
stream_actor::behavior_type
stream(stream_pointer self, const call_actor& call, carrier_leg_ptr leg);

} // namespace velox::actors
