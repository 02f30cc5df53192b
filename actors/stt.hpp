#pragma once

#include "actors/pinned.hpp"
#include "actors/provider_access.hpp"
#include "actors/provider_rotation.hpp"
#include "actors/recent_audio.hpp"

#include <memory>
#include <optional>

namespace velox::actors {

using recognizer_list = provider_list<recognizer_factory>;

struct stt_state {
  static inline const char* name = "stt";

  stt_state() = default; // no aggregate, or CAF fills it with `self`

  call_actor call;
  peers others;
  recognizer_options options;
  recognizer_list providers;
  std::optional<provider_rotation> rotation;

  std::unique_ptr<speech_recognizer> session; ///< null while there is none
  provider_place place;
  recent_audio recent;     ///< what a next session has to hear again
  int64_t heard_bytes = 0; ///< of the session's, not noted as used yet
  uint64_t tries = 0;      ///< numbers the waits: an earlier one means nothing
};

using stt_pointer = pinned_pointer<stt_actor, stt_state>;

/// Turns the caller's audio into words by one recogniser session at a time.
/// When a session fails, the provider is asked again a few times, then the next
/// one of the list; each hears what was not understood yet. Only when all have
/// failed does the call learn of it.
stt_actor::behavior_type
stt(stt_pointer self, const call_actor& call, recognizer_list providers,
    recognizer_options options, rotation_policy policy = {});

} // namespace velox::actors
