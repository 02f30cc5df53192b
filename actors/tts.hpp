#pragma once

#include "actors/pinned.hpp"
#include "protocol/ports.hpp"

namespace velox::actors {

struct tts_state {
  static inline const char* name = "tts";

  tts_state() = default; // no aggregate, or CAF fills it with `self`

  call_actor call;
  peers others;
  std::unique_ptr<speech_synthesizer> session;
  uint64_t cancelled = 0; ///< turns up to this one are dropped
};

using tts_pointer = pinned_pointer<tts_actor, tts_state>;

/// Turns sentences into audio, in order, by a synthesiser session of its own.
tts_actor::behavior_type tts(tts_pointer self, const call_actor& call,
                             const synthesizer_factory& make_session,
                             const synthesizer_options& options);

} // namespace velox::actors
