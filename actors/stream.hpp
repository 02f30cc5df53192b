#pragma once

#include "actors/media_clock.hpp"
#include "actors/pinned.hpp"
#include "actors/recent_audio.hpp"
#include "actors/speech_queue.hpp"
#include "protocol/ports.hpp"

namespace velox::actors {

using sound_ptr = std::shared_ptr<const std::vector<uint8_t>>;

struct stream_options {
  /// When the leg was connected: the recording's time begins here.
  caf::actor_clock::time_point connected_at{};
  /// mu-law, played again and again while the caller waits; null: silence.
  sound_ptr background{};
};

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

  media_clock clock;
  caf::actor_clock::time_point played_until{}; ///< what the carrier has, ends
  sound_ptr background;
  bool in_background = false;   ///< the background sound is playing
  size_t background_at = 0;     ///< the next byte of it
  uint64_t background_look = 0; ///< numbers its timers
};

using stream_pointer = pinned_pointer<stream_actor, stream_state>;

/// Speaks to the caller over `leg` and tells the others what comes back. Owns
/// the promise that nothing of a cancelled turn is written any more. What both
/// sides hear goes to the recorder, if there is one.
stream_actor::behavior_type
stream(stream_pointer self, const call_actor& call, carrier_leg_ptr leg,
       stream_options options = {});

} // namespace velox::actors
