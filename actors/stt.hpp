#pragma once

#include "actors/pinned.hpp"
#include "protocol/ports.hpp"

namespace velox::actors {

struct stt_state {
  static inline const char* name = "stt";

  stt_state() = default; // no aggregate, or CAF fills it with `self`

  call_actor call;
  peers others;
  std::unique_ptr<speech_recognizer> session;
};

using stt_pointer = pinned_pointer<stt_actor, stt_state>;

/// Turns the caller's audio into words by a recogniser session of its own. Ends
/// with the session when that fails: its supervisor starts a fresh one.
stt_actor::behavior_type
stt(stt_pointer self, const call_actor& call,
    const recognizer_factory& make_session, const recognizer_options& options);

} // namespace velox::actors
