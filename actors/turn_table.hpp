#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace velox::actors {

/// Who has the floor.
enum class turn_state : uint8_t {
  listening,     ///< nobody speaks; the caller may
  user_speaking, ///< the caller speaks
  finishing,     ///< the caller has paused: was that all?
  thinking,      ///< an answer is being made
  speaking,      ///< the agent speaks
  overlapping,   ///< the caller speaks over the agent, who goes on
};

/// What happens to the machine. Each is a message of messages.hpp, but for the
/// last.
enum class turn_event : uint8_t {
  voice_started,
  voice_stopped,
  words_partial,
  words_final,
  key_pressed,
  floor_taken,
  question_asked,
  playback_started,
  playback_finished,
  time, ///< the state's limit has passed
};

/// A condition of a row.
enum class turn_guard : uint8_t {
  always,
  voice_cuts,     ///< the voice interrupts, by the policy
  voice_on,       ///< the caller's voice goes on, and is no noise
  sound_on,       ///< a voice or a noise goes on
  words_cut,      ///< the words interrupt, by the policy
  no_words,       ///< nothing was understood, or nothing that counts
  asks_presence,  ///< "are you there?"
  turn_over,      ///< the recogniser says that the turn is over
  more_due,       ///< an utterance's words are still to come
  has_words,      ///< there are words or keys to answer
  words_waiting,  ///< ... or there soon may be
  cut_for_noise,  ///< a turn was cut off, and no words came
  long_noise,     ///< so much voice, and nothing understood
  key_ends_none,  ///< the key that ends an entry, without one
  entry_complete, ///< the entry has ended, by key or by length
  words_coming,   ///< words are being said beside the keys
  protects,       ///< the agent's sentence may not be interrupted
  old_turn,       ///< about an earlier turn, or one that is over
  same_turn,      ///< about the turn that has the floor already
  may_interrupt,  ///< the caller may have the floor at once
};

/// What a row does. The actions are messages of messages.hpp.
enum class turn_step : uint8_t {
  none,
  cut,            ///< cancel
  cut_and_answer, ///< cancel, user_turn
  give_turn,      ///< user_turn
  ask_again,      ///< user_turn without words
  resume,         ///< resume_turn
  presence,       ///< presence_asked
  idle,           ///< caller_idle
  late,           ///< stage_late
};

/// One row: in this state, on this event, if both guards hold, this is done,
/// and that is the next state. Of rows with the same state and event, the
/// first whose guards hold counts; the last of them has none. A pair without
/// rows cannot be: while the agent speaks there is no limit, and a caller who
/// speaks does not begin to.
struct turn_rule {
  turn_state in;
  turn_event on;
  turn_guard when;
  turn_guard also;
  turn_step then;
  turn_state next;
};

/// The whole machine.
std::span<const turn_rule> turn_rules();

/// The rows of one state and event, in order.
std::span<const turn_rule> turn_rules(turn_state in, turn_event on);

const char* to_text(turn_state x);
const char* to_text(turn_event x);
const char* to_text(turn_guard x);
const char* to_text(turn_step x);

/// The table as docs/turns.md shows it: Markdown.
std::string turn_rules_as_text();

} // namespace velox::actors
