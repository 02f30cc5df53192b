#pragma once

#include "actors/pinned.hpp"
#include "actors/provider_access.hpp"
#include "actors/provider_rotation.hpp"
#include "actors/unsaid.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>

namespace velox::actors {

using synthesizer_list = provider_list<synthesizer_factory>;

struct tts_state {
  static inline const char* name = "tts";

  tts_state() = default; // no aggregate, or CAF fills it with `self`

  call_actor call;
  peers others;
  synthesizer_options options;
  synthesizer_list providers;
  std::optional<provider_rotation> rotation;

  /// By place in the list; a session is kept as long as it works.
  std::map<size_t, std::unique_ptr<speech_synthesizer>> sessions;
  speech_synthesizer* voice = nullptr; ///< the one at work
  provider_place place;
  unsaid pending;
  uint32_t attempt = 0;   ///< numbers the sessions that were set to work
  uint64_t wait = 0;      ///< numbers the waits: an earlier one means nothing
  bool waiting = false;   ///< for a place or a pause
  uint64_t turn = 0;      ///< of the last sentence
  uint64_t cancelled = 0; ///< turns up to this one are dropped

  /// The characters that a vendor was given and has not answered yet, by turn
  /// and sentence.
  std::map<std::pair<uint64_t, uint32_t>, int64_t> submitted{};

  /// To be spoken once all is said that came before; and what waits for that.
  std::optional<use_language> next_language{};
  std::deque<sentence> later{};
};

using tts_pointer = pinned_pointer<tts_actor, tts_state>;

/// Turns sentences into audio, in order, by one synthesiser at a time. When it
/// fails, the next one of the list says what is left, from the word on at which
/// the first fell silent. Every turn begins with the first of the list.
tts_actor::behavior_type
tts(tts_pointer self, const call_actor& call, synthesizer_list providers,
    synthesizer_options options);

} // namespace velox::actors
