#pragma once

#include <caf/timespan.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace velox {

/// What it takes for the caller to interrupt the agent.
enum class interruption : uint8_t {
  immediate,    ///< the first sound of their voice
  milliseconds, ///< a voice of `least_voice`, or words
  words,        ///< `least_words` words
  never,        ///< nothing does
};

/// How the turn taker behaves; per agent.
struct turn_policy {
  // -- who may interrupt

  interruption interrupts = interruption::milliseconds;
  /// With `interruption::milliseconds`: how long a voice must last.
  caf::timespan least_voice = std::chrono::milliseconds{250};
  /// With `interruption::words`: how many of them, backchannels not counted.
  uint32_t least_words = 2;
  /// What a listener says without wanting the floor ("mm-hm"): lower case, no
  /// punctuation. Neither an interruption nor, beside the agent's voice, a
  /// turn. Empty: those of `language`.
  std::vector<std::string> backchannels{};
  /// An interruption without words for this long was none.
  caf::timespan false_alarm = std::chrono::seconds{2};

  // -- when the caller's turn is over

  /// BCP 47: whose words are judged.
  std::string language = "en-US";
  /// Silence after the caller's last word that ends their turn.
  caf::timespan end_of_turn = std::chrono::milliseconds{500};
  /// The same where the words seem complete: an answer to a yes/no question, a
  /// goodbye.
  caf::timespan end_of_turn_sure = std::chrono::milliseconds{200};
  /// The same where the words want to go on: "and", half a number, a spelled
  /// name.
  caf::timespan end_of_turn_unsure = std::chrono::milliseconds{1800};
  /// Whether the words are judged at all; else `end_of_turn` always holds.
  bool judge_words = true;
  /// How long to wait for the recogniser's last words after the voice stopped.
  caf::timespan words_due = std::chrono::seconds{3};
  /// The same for a recogniser that judges turns itself and says that this one
  /// goes on.
  caf::timespan judgement_due = std::chrono::seconds{7};
  /// Speech that was not understood is noise when shorter, and is asked about
  /// when longer.
  caf::timespan noise = std::chrono::milliseconds{600};
  /// The caller's voice without new words for this long is a noisy line.
  caf::timespan stalled = std::chrono::seconds{10};

  // -- keys (DTMF)

  /// A caller who keys in digits is done after this pause,
  caf::timespan keys = std::chrono::seconds{2};
  /// ... with this key (0: none ends an entry),
  char keys_end = '#';
  /// ... or after so many (0: any number); what the agent asks for goes first.
  uint32_t most_keys = 0;

  // -- silence

  /// How long the caller may wait for the first sound of an answer.
  caf::timespan answer_due = std::chrono::seconds{8};
  /// Silence of the caller after which they are asked.
  caf::timespan idle = std::chrono::seconds{8};
};

} // namespace velox
