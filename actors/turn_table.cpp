#include "actors/turn_table.hpp"

#include <algorithm>
#include <iterator>

namespace velox::actors {

namespace {

using enum turn_state;
using on = turn_event;
using when = turn_guard;
using then = turn_step;

/// Shorter rows.
constexpr turn_rule
row(turn_state in, turn_event event, turn_state next,
    turn_step step = then::none, turn_guard first = when::always,
    turn_guard second = when::always) {
  return {in, event, first, second, step, next};
}

// In the order of states, then of events: turn_rules(in, on) relies on it.
constexpr turn_rule rules[] = {
  // -- nobody speaks
  row(listening, on::voice_started, user_speaking),
  row(listening, on::voice_stopped, listening),
  row(listening, on::words_partial, user_speaking),
  row(listening, on::words_final, listening, then::none, when::no_words),
  row(listening, on::words_final, thinking, then::give_turn, when::turn_over),
  row(listening, on::words_final, finishing),
  row(listening, on::key_pressed, listening, then::none, when::key_ends_none),
  row(listening, on::key_pressed, thinking, then::give_turn,
      when::entry_complete),
  row(listening, on::key_pressed, finishing),
  row(listening, on::floor_taken, listening, then::none, when::old_turn),
  row(listening, on::floor_taken, thinking),
  row(listening, on::question_asked, listening),
  row(listening, on::playback_started, listening),
  row(listening, on::playback_finished, listening),
  row(listening, on::time, listening, then::idle),

  // -- the caller speaks
  row(user_speaking, on::voice_started, user_speaking),
  row(user_speaking, on::voice_stopped, finishing),
  row(user_speaking, on::words_partial, user_speaking),
  row(user_speaking, on::words_final, thinking, then::give_turn,
      when::turn_over, when::has_words),
  row(user_speaking, on::words_final, user_speaking, then::none,
      when::voice_on),
  row(user_speaking, on::words_final, finishing, then::none, when::more_due),
  row(user_speaking, on::words_final, finishing, then::none, when::has_words),
  row(user_speaking, on::words_final, thinking, then::resume,
      when::cut_for_noise),
  row(user_speaking, on::words_final, thinking, then::ask_again,
      when::long_noise),
  row(user_speaking, on::words_final, listening),
  row(user_speaking, on::key_pressed, user_speaking, then::none,
      when::key_ends_none),
  row(user_speaking, on::key_pressed, user_speaking, then::none,
      when::words_coming),
  row(user_speaking, on::key_pressed, thinking, then::give_turn,
      when::entry_complete),
  row(user_speaking, on::key_pressed, finishing),
  row(user_speaking, on::floor_taken, user_speaking, then::none,
      when::old_turn),
  row(user_speaking, on::floor_taken, user_speaking, then::cut,
      when::may_interrupt),
  row(user_speaking, on::floor_taken, thinking),
  row(user_speaking, on::question_asked, user_speaking),
  row(user_speaking, on::playback_started, user_speaking),
  row(user_speaking, on::playback_finished, user_speaking),
  row(user_speaking, on::time, thinking, then::give_turn, when::has_words),
  row(user_speaking, on::time, thinking, then::resume, when::cut_for_noise),
  row(user_speaking, on::time, thinking, then::ask_again, when::long_noise),
  row(user_speaking, on::time, listening),

  // -- the caller has paused
  row(finishing, on::voice_started, user_speaking),
  row(finishing, on::voice_stopped, finishing),
  row(finishing, on::words_partial, finishing),
  row(finishing, on::words_final, thinking, then::give_turn, when::turn_over,
      when::has_words),
  row(finishing, on::words_final, finishing, then::none, when::more_due),
  row(finishing, on::words_final, thinking, then::give_turn,
      when::entry_complete),
  row(finishing, on::words_final, finishing, then::none, when::has_words),
  row(finishing, on::words_final, thinking, then::resume, when::cut_for_noise),
  row(finishing, on::words_final, thinking, then::ask_again, when::long_noise),
  row(finishing, on::words_final, listening),
  row(finishing, on::key_pressed, finishing, then::none, when::key_ends_none),
  row(finishing, on::key_pressed, finishing, then::none, when::words_coming),
  row(finishing, on::key_pressed, thinking, then::give_turn,
      when::entry_complete),
  row(finishing, on::key_pressed, finishing),
  row(finishing, on::floor_taken, finishing, then::none, when::old_turn),
  row(finishing, on::floor_taken, finishing, then::cut, when::may_interrupt),
  row(finishing, on::floor_taken, thinking),
  row(finishing, on::question_asked, finishing),
  row(finishing, on::playback_started, finishing),
  row(finishing, on::playback_finished, finishing),
  row(finishing, on::time, thinking, then::give_turn, when::has_words),
  row(finishing, on::time, thinking, then::resume, when::cut_for_noise),
  row(finishing, on::time, thinking, then::ask_again, when::long_noise),
  row(finishing, on::time, listening),

  // -- an answer is being made: a voice alone does not cost it
  row(thinking, on::voice_started, thinking),
  row(thinking, on::voice_stopped, thinking),
  row(thinking, on::words_partial, user_speaking, then::cut, when::words_cut),
  row(thinking, on::words_partial, thinking),
  row(thinking, on::words_final, thinking, then::presence, when::asks_presence),
  row(thinking, on::words_final, thinking, then::cut_and_answer,
      when::words_cut, when::turn_over),
  row(thinking, on::words_final, user_speaking, then::cut, when::words_cut,
      when::voice_on),
  row(thinking, on::words_final, finishing, then::cut, when::words_cut),
  row(thinking, on::words_final, thinking),
  row(thinking, on::key_pressed, thinking, then::none, when::key_ends_none),
  row(thinking, on::key_pressed, thinking, then::none, when::protects),
  row(thinking, on::key_pressed, thinking, then::cut_and_answer,
      when::entry_complete),
  row(thinking, on::key_pressed, finishing, then::cut),
  row(thinking, on::floor_taken, thinking, then::none, when::old_turn),
  row(thinking, on::floor_taken, finishing, then::cut, when::words_cut),
  row(thinking, on::floor_taken, thinking),
  row(thinking, on::question_asked, thinking),
  row(thinking, on::playback_started, thinking, then::none, when::old_turn),
  row(thinking, on::playback_started, user_speaking, then::cut,
      when::voice_cuts),
  row(thinking, on::playback_started, overlapping, then::none, when::voice_on),
  row(thinking, on::playback_started, speaking),
  row(thinking, on::playback_finished, thinking, then::none, when::old_turn),
  row(thinking, on::playback_finished, user_speaking, then::none,
      when::sound_on),
  row(thinking, on::playback_finished, finishing, then::none,
      when::words_waiting),
  row(thinking, on::playback_finished, listening),
  row(thinking, on::time, thinking, then::late),

  // -- the agent speaks
  row(speaking, on::voice_started, user_speaking, then::cut, when::voice_cuts),
  row(speaking, on::voice_started, overlapping),
  row(speaking, on::voice_stopped, speaking),
  row(speaking, on::words_partial, user_speaking, then::cut, when::words_cut),
  row(speaking, on::words_partial, speaking),
  row(speaking, on::words_final, thinking, then::cut_and_answer,
      when::words_cut, when::turn_over),
  row(speaking, on::words_final, finishing, then::cut, when::words_cut),
  row(speaking, on::words_final, speaking),
  row(speaking, on::key_pressed, speaking, then::none, when::key_ends_none),
  row(speaking, on::key_pressed, speaking, then::none, when::protects),
  row(speaking, on::key_pressed, thinking, then::cut_and_answer,
      when::entry_complete),
  row(speaking, on::key_pressed, finishing, then::cut),
  row(speaking, on::floor_taken, speaking, then::none, when::old_turn),
  row(speaking, on::floor_taken, finishing, then::cut, when::words_cut),
  row(speaking, on::floor_taken, speaking, then::none, when::same_turn),
  row(speaking, on::floor_taken, thinking),
  row(speaking, on::question_asked, speaking),
  row(speaking, on::playback_started, speaking),
  row(speaking, on::playback_finished, speaking, then::none, when::old_turn),
  row(speaking, on::playback_finished, user_speaking, then::none,
      when::sound_on),
  row(speaking, on::playback_finished, finishing, then::none,
      when::words_waiting),
  row(speaking, on::playback_finished, listening),

  // -- both speak
  row(overlapping, on::voice_stopped, speaking),
  row(overlapping, on::words_partial, user_speaking, then::cut,
      when::words_cut),
  row(overlapping, on::words_partial, overlapping),
  row(overlapping, on::words_final, thinking, then::cut_and_answer,
      when::words_cut, when::turn_over),
  row(overlapping, on::words_final, user_speaking, then::cut, when::words_cut),
  row(overlapping, on::words_final, overlapping),
  row(overlapping, on::key_pressed, overlapping, then::none,
      when::key_ends_none),
  row(overlapping, on::key_pressed, overlapping, then::none, when::protects),
  row(overlapping, on::key_pressed, thinking, then::cut_and_answer,
      when::entry_complete),
  row(overlapping, on::key_pressed, finishing, then::cut),
  row(overlapping, on::floor_taken, overlapping, then::none, when::old_turn),
  row(overlapping, on::floor_taken, user_speaking, then::cut, when::words_cut),
  row(overlapping, on::floor_taken, user_speaking, then::cut, when::same_turn,
      when::voice_cuts),
  row(overlapping, on::floor_taken, overlapping, then::none, when::same_turn),
  row(overlapping, on::floor_taken, thinking),
  row(overlapping, on::question_asked, overlapping),
  row(overlapping, on::playback_started, overlapping),
  row(overlapping, on::playback_finished, overlapping, then::none,
      when::old_turn),
  row(overlapping, on::playback_finished, user_speaking),
  row(overlapping, on::time, user_speaking, then::cut),
};

constexpr bool before(const turn_rule& a, const turn_rule& b) {
  return a.in != b.in ? a.in < b.in : a.on < b.on;
}

static_assert(std::is_sorted(std::begin(rules), std::end(rules), before));

std::string condition(const turn_rule& x) {
  if (x.when == when::always)
    return "";
  std::string result = to_text(x.when);
  if (x.also != when::always)
    result += std::string{", and "} + to_text(x.also);
  return result;
}

} // namespace

std::span<const turn_rule> turn_rules() {
  return rules;
}

std::span<const turn_rule> turn_rules(turn_state in, turn_event event) {
  turn_rule key{in, event, when::always, when::always, then::none, in};
  auto [from, until]
    = std::equal_range(std::begin(rules), std::end(rules), key, before);
  return {from, until};
}

const char* to_text(turn_state x) {
  switch (x) {
    case listening: return "listening";
    case user_speaking: return "user speaking";
    case finishing: return "finishing";
    case thinking: return "thinking";
    case speaking: return "speaking";
    case overlapping: return "overlapping";
  }
  return "";
}

const char* to_text(turn_event x) {
  switch (x) {
    case on::voice_started: return "voice started";
    case on::voice_stopped: return "voice stopped";
    case on::words_partial: return "words (partial)";
    case on::words_final: return "words (final)";
    case on::key_pressed: return "key pressed";
    case on::floor_taken: return "floor taken";
    case on::question_asked: return "question asked";
    case on::playback_started: return "playback started";
    case on::playback_finished: return "playback finished";
    case on::time: return "limit passed";
  }
  return "";
}

const char* to_text(turn_guard x) {
  switch (x) {
    case when::always: return "";
    case when::voice_cuts: return "the voice is enough to interrupt";
    case when::voice_on: return "the caller's voice goes on";
    case when::sound_on: return "a voice or a noise goes on";
    case when::words_cut: return "the words are enough to interrupt";
    case when::no_words: return "nothing understood";
    case when::asks_presence: return "\"are you there?\"";
    case when::turn_over: return "the recogniser says that the turn is over";
    case when::more_due: return "more words are due";
    case when::has_words: return "there are words or keys";
    case when::words_waiting: return "words were kept, or are due";
    case when::cut_for_noise: return "a turn was cut off, and no words came";
    case when::long_noise: return "much voice, nothing understood";
    case when::key_ends_none: return "it ends an entry, and there is none";
    case when::entry_complete: return "the entry is complete";
    case when::words_coming: return "words are being said, too";
    case when::protects: return "the sentence is protected";
    case when::old_turn: return "another turn's, or nothing new";
    case when::same_turn: return "the same turn's";
    case when::may_interrupt: return "the caller may interrupt";
  }
  return "";
}

const char* to_text(turn_step x) {
  switch (x) {
    case then::none: return "";
    case then::cut: return "`cancel`";
    case then::cut_and_answer: return "`cancel`, `user_turn`";
    case then::give_turn: return "`user_turn`";
    case then::ask_again: return "`user_turn` without words";
    case then::resume: return "`resume_turn`";
    case then::presence: return "`presence_asked`";
    case then::idle: return "`caller_idle`";
    case then::late: return "`stage_late`";
  }
  return "";
}

std::string turn_rules_as_text() {
  std::string result = "| state | event | if | does | next |\n"
                       "|---|---|---|---|---|\n";
  for (auto& x : rules) {
    result += std::string{"| "} + to_text(x.in) + " | " + to_text(x.on) + " | "
              + condition(x) + " | " + to_text(x.then) + " | "
              + (x.next == x.in ? "" : to_text(x.next)) + " |\n";
  }
  return result;
}

} // namespace velox::actors
