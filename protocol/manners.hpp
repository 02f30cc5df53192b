#pragma once

#include <caf/timespan.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace velox {

/// What an agent that has called somebody does when a machine answers.
enum class voicemail : uint8_t {
  hang_up,
  leave_message, ///< after the beep, then hang up
  go_on,         ///< talk as to a person
};

/// What it takes for a call to be recorded.
enum class recording_consent : uint8_t {
  not_needed, ///< nothing is said of it
  announced,  ///< said before anything else, and not to be interrupted
  asked,      ///< only if the caller says yes
};

/// How an agent behaves beside taking turns; per agent.
struct manners {
  // -- silence

  /// A caller who waits for an answer hears a filler after this; 0: never.
  caf::timespan filler_after = std::chrono::milliseconds{2500};
  /// ... and another one after this silence; 0: never.
  caf::timespan filler_again = std::chrono::seconds{5};
  /// How often an idle caller is asked before the agent says goodbye.
  uint32_t idle_prompts = 2;
  /// What is heard while the agent thinks: "typing", "office"; empty: nothing.
  std::string ambience{};
  /// The caller is told this long before the call reaches its maximum; 0: no.
  caf::timespan warn_before = std::chrono::minutes{1};

  // -- the caller's voice

  /// 0 (only a clear voice counts) to 1 (the least sound counts).
  double sensitivity = 0.5;
  /// Keys are heard as tones in the audio, too, not only as the carrier's
  /// events.
  bool keys_in_band = true;
  /// Sentences that the caller may not interrupt, such as legal notices.
  std::vector<std::string> protected_sentences{};

  // -- calls that we place

  voicemail when_machine = voicemail::hang_up;
  std::string voicemail_message{};

  // -- recording

  bool record = false;
  recording_consent consent = recording_consent::announced;
};

} // namespace velox
