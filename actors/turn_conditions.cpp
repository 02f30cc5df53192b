#include "actors/turn_machine.hpp"

#include <algorithm>

/// What the conditions of the table mean, and how long each state may last.

namespace velox::actors {

// -- the table's conditions
// ----------------------------------------------------

bool turn_machine::holds(turn_guard x, time_point now) const {
  switch (x) {
    case turn_guard::always: return true;
    case turn_guard::voice_cuts: return voice_cuts(now);
    case turn_guard::voice_on: return caller_voice();
    case turn_guard::sound_on: return voice_;
    case turn_guard::words_cut: return words_cut();
    case turn_guard::no_words: return understood_ != understood::words;
    case turn_guard::asks_presence: return understood_ == understood::presence;
    case turn_guard::turn_over: return turn_over_;
    case turn_guard::more_due: return finals_due_ > 0;
    case turn_guard::has_words: return !words_.empty();
    case turn_guard::words_waiting:
      return !words_.empty()
             || (finals_due_ > 0 && now < quiet_since_ + policy_.words_due);
    case turn_guard::cut_for_noise: return interrupted_ != 0 && words_.empty();
    case turn_guard::long_noise: return spoken_ >= policy_.noise;
    case turn_guard::key_ends_none: return ends_none_;
    case turn_guard::entry_complete: return entry_over_;
    case turn_guard::words_coming: return words_coming();
    case turn_guard::protects: return !interruptible_;
    case turn_guard::old_turn: return old_turn_;
    case turn_guard::same_turn: return same_turn_;
    case turn_guard::may_interrupt: return may_interrupt();
  }
  return false;
}

bool turn_machine::may_interrupt() const {
  return interruptible_ && policy_.interrupts != interruption::never;
}

bool turn_machine::over_agent() const {
  return state_ == state::thinking || state_ == state::speaking
         || state_ == state::overlapping;
}

/// A voice that is the caller's as far as we know.
bool turn_machine::caller_voice() const {
  return voice_ && !noise_ && !voice_given_up_;
}

bool turn_machine::voice_cuts(time_point now) const {
  if (!may_interrupt() || !caller_voice())
    return false;
  switch (policy_.interrupts) {
    case interruption::immediate: return true;
    case interruption::milliseconds: return now >= voice_since_ + least_voice();
    case interruption::words:
    case interruption::never: break;
  }
  return false;
}

/// How long a voice must last to interrupt.
caf::timespan turn_machine::least_voice() const {
  auto listening = !partial_.empty() && backchannels_.may_become(partial_);
  return listening ? std::max(policy_.least_voice, longest_backchannel)
                   : policy_.least_voice;
}

/// Whether the words so far, kept ones included, interrupt the agent.
bool turn_machine::words_cut() const {
  if (!may_interrupt())
    return false;
  auto thinking = state_ == state::thinking;
  auto heard = !partial_.empty() && sure_ && !backchannels_.may_become(partial_)
               && !(thinking && presence_.may_become(partial_));
  if (words_.empty() && !heard)
    return false;
  if (thinking || policy_.interrupts != interruption::words)
    return true;
  auto text = heard ? words_ + " " + partial_ : words_;
  return backchannels_.others(text) >= policy_.least_words;
}

/// A turn was cut off, and so far there is no sign of words.
bool turn_machine::cut_for_noise() const {
  return interrupted_ != 0 && words_.empty() && partial_.empty();
}

bool turn_machine::words_coming() const {
  return !partial_.empty() && (voice_ || finals_due_ > 0);
}

// -- how long a state may last
// ----------------------------------------------------

/// When the present state has lasted too long.
std::optional<turn_machine::time_point> turn_machine::deadline() const {
  switch (state_) {
    case state::listening: return entered_ + policy_.idle;
    case state::user_speaking:
      if (cut_for_noise())
        return cut_at_ + policy_.false_alarm;
      return std::max(words_.empty() && partial_.empty() ? entered_
                                                         : time_point{},
                      last_word_at_)
             + policy_.stalled;
    case state::finishing: return finishing_until();
    case state::thinking: return entered_ + policy_.answer_due;
    case state::speaking: return std::nullopt;
    case state::overlapping:
      if (policy_.interrupts == interruption::milliseconds && may_interrupt()
          && caller_voice())
        return voice_since_ + least_voice();
      return std::nullopt;
  }
  return std::nullopt;
}

turn_machine::time_point turn_machine::finishing_until() const {
  auto keyed = !keys_.empty() && last_key_at_ >= last_word_at_;
  time_point result;
  if (words_coming() && voice_)
    result = last_word_at_ + policy_.stalled;
  else if (entry_over_ && !words_coming())
    result = last_key_at_;
  else if (keyed && !words_coming())
    result = last_key_at_ + policy_.keys;
  else if (finals_due_ > 0)
    result = held_open_
               ? std::max(quiet_since_, last_hint_at_) + policy_.judgement_due
               : quiet_since_ + policy_.words_due;
  else
    result = entered_ + (words_.empty() ? policy_.end_of_turn : pause_);
  if (cut_for_noise())
    result = std::min(result, cut_at_ + policy_.false_alarm);
  if (!words_.empty() || !partial_.empty()) // whatever happens on the line
    result = std::min(result,
                      std::max(last_word_at_, last_key_at_) + policy_.stalled);
  return result;
}

} // namespace velox::actors
