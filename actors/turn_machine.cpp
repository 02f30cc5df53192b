#include "actors/turn_machine.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace velox::actors {

namespace {

std::string_view name_of(char key) {
  constexpr std::string_view digits[]
    = {"zero", "one", "two",   "three", "four",
       "five", "six", "seven", "eight", "nine"};
  if (key >= '0' && key <= '9')
    return digits[key - '0'];
  return key == '*' ? "star" : key == '#' ? "pound" : "";
}

} // namespace

const char* turn_machine::to_text(state x) {
  switch (x) {
    case state::listening: return "listening";
    case state::user_speaking: return "user speaking";
    case state::finishing: return "finishing";
    case state::thinking: return "thinking";
    case state::speaking: return "speaking";
  }
  return "";
}

// -- the caller
// ----------------------------------------------------------------

void turn_machine::on(const voice_started&, time_point now) {
  if (voice_)
    return;
  voice_ = true;
  voice_since_ = now;
  switch (state_) {
    case state::listening:
    case state::finishing: enter(state::user_speaking, now); break;
    case state::user_speaking: break;
    case state::thinking:
    case state::speaking:
      if (interruptible_ && policy_.interrupts != interruption::never)
        interrupt(now);
      break;
  }
}

void turn_machine::on(const voice_stopped&, time_point now) {
  if (!voice_)
    return;
  voice_ = false;
  if (std::exchange(voice_given_up_, false)) {
    stale_until_ = now + policy_.words_due;
  } else {
    spoken_ += now - voice_since_;
    ++finals_due_;
  }
  if (state_ == state::user_speaking)
    enter(state::finishing, now);
}

void turn_machine::on(const words_partial& x, time_point now) {
  partial_ = x.text;
  if (x.text.empty())
    return;
  idle_times_ = 0;
  // Words over the agent's voice, though its voice was taken back after a
  // false alarm: no false alarm at all.
  auto sure = voice_ || x.hint != turn_hint::none;
  if (over_agent() && sure && interruptible_
      && policy_.interrupts != interruption::never)
    interrupt(now);
  if (state_ == state::listening) // too quiet for our own voice detection
    enter(state::user_speaking, now);
  if (state_ == state::user_speaking)
    wait_for(policy_.stalled, now); // not a false alarm
  on_hint(x, now);
}

/// What a recogniser thinks of the turn that the caller is in.
void turn_machine::on_hint(const words_partial& x, time_point now) {
  held_open_ = x.hint != turn_hint::none; // its final may take its time
  if (over_agent())
    return;
  if (state_ == state::finishing && held_open_)
    wait_for(policy_.judgement_due, now);
  auto likely = x.hint == turn_hint::likely_over;
  if (likely && !likely_over_) {
    auto text = words_ + (words_.empty() ? "" : " ") + x.text;
    actions_.push_back(turn_likely_over{std::move(text), confidence_});
  } else if (likely_over_ && !likely) {
    actions_.push_back(turn_goes_on{});
  }
  likely_over_ = likely;
}

void turn_machine::on(const words_final& x, time_point now) {
  if (finals_stale_ > 0) { // we answered without it already
    --finals_stale_;
    if (now < stale_until_)
      return;
  }
  if (finals_due_ > 0)
    --finals_due_;
  partial_.clear();
  if (over_agent()
      && (!interruptible_ || policy_.interrupts == interruption::never)) {
    spoken_ = caf::timespan{0};
    words_.clear(); // talked into a protected sentence
    return;
  }
  if (!x.text.empty()) {
    add_words(x.text);
    confidence_ = std::min(confidence_, x.confidence);
    idle_times_ = 0;
    actions_.push_back(words_final{x.text, x.confidence});
  }
  if (over_agent() && words_.empty())
    spoken_ = caf::timespan{0}; // a noise beside the agent's voice
  if (over_agent() && !words_.empty())
    interrupt(now);
  if (x.turn_over && !words_.empty()) {
    finals_due_ = 0; // our own ear may be slower to notice
    finish(now);
    return;
  }
  if (state_ == state::listening && !words_.empty())
    enter(state::finishing, now);
  if (state_ == state::user_speaking && !voice_)
    enter(state::finishing, now);
  else if (state_ == state::finishing)
    try_to_finish(now);
}

/// A key counts as the word for it: a model needs no other way to hear it.
void turn_machine::on(const key_pressed& x, time_point now) {
  auto name = name_of(x.digit);
  if (name.empty() || (over_agent() && !interruptible_))
    return;
  if (x.digit == '#' && words_.empty())
    return; // it ends an entry, and there is none
  idle_times_ = 0;
  if (over_agent())
    interrupt(now);
  if (x.digit != '#') {
    add_words(std::string{name});
    actions_.push_back(words_final{std::string{name}, 1});
    state_ = state::finishing;
    wait_for(policy_.keys, now);
  } else if (!words_.empty()) {
    finish(now);
  }
}

// -- the agent
// -----------------------------------------------------------------

void turn_machine::on(const floor_taken& x, time_point now) {
  if (x.turn <= turn_)
    return;
  turn_ = x.turn;
  interruptible_ = x.interruptible;
  turn_open_ = true;
  if (interruptible_ && policy_.interrupts != interruption::never
      && (state_ == state::user_speaking || state_ == state::finishing)) {
    // The caller took the floor while the answer was on its way.
    turn_open_ = false;
    interrupted_ = turn_;
    actions_.push_back(cancel{turn_});
    return;
  }
  enter(state::thinking, now);
}

void turn_machine::on(const question_asked&, time_point) {}

void turn_machine::on(const playback_started& x, time_point now) {
  if (x.turn == turn_ && turn_open_ && state_ == state::thinking)
    enter(state::speaking, now);
}

void turn_machine::on(const playback_finished& x, time_point now) {
  if (x.turn != turn_)
    return;
  // Also when it was cut off already: the call says so when there was nothing
  // left of it to go on with.
  turn_open_ = false;
  interruptible_ = true;
  if (state_ == state::thinking || state_ == state::speaking)
    enter(voice_ ? state::user_speaking : state::listening, now);
}

// -- time
// ----------------------------------------------------------------------

void turn_machine::on_time(time_point now) {
  if (!deadline_ || now < *deadline_)
    return;
  deadline_.reset();
  switch (state_) {
    case state::listening:
      actions_.push_back(caller_idle{++idle_times_});
      wait_for(policy_.idle, now);
      break;
    case state::user_speaking: on_stalled_voice(now); break;
    case state::finishing:
      if (finals_due_ > 0) { // the recogniser is late: take what there is
        give_up_finals(std::exchange(finals_due_, 0), now);
        actions_.push_back(stage_late{"stt", turn_});
      }
      finish(now);
      break;
    case state::thinking:
      actions_.push_back(stage_late{"answer", turn_});
      wait_for(policy_.answer_due, now);
      break;
    case state::speaking: break;
  }
}

// -- transitions
// ---------------------------------------------------------------

void turn_machine::enter(state next, time_point now) {
  state_ = next;
  deadline_.reset();
  switch (next) {
    case state::listening: wait_for(policy_.idle, now); break;
    case state::user_speaking:
      wait_for(interrupted_ != 0 && words_.empty() ? policy_.false_alarm
                                                   : policy_.stalled,
               now);
      break;
    case state::finishing:
      wait_for(finals_due_ == 0 ? policy_.end_of_turn
               : held_open_     ? policy_.judgement_due
                                : policy_.words_due,
               now);
      break;
    case state::thinking: wait_for(policy_.answer_due, now); break;
    case state::speaking: break;
  }
}

/// The caller's voice goes on, but no words come of it any more.
void turn_machine::on_stalled_voice(time_point now) {
  if (interrupted_ != 0 && words_.empty() && partial_.empty()) {
    actions_.push_back(resume_turn{std::exchange(interrupted_, 0)});
    enter(state::thinking, now);
    return;
  }
  if (voice_ && !std::exchange(voice_given_up_, true))
    give_up_finals(1, now); // a noisy line: its end belongs to no turn
  spoken_ += voice_ ? caf::timespan{now - voice_since_} : caf::timespan{0};
  finish(now);
}

void turn_machine::give_up_finals(uint32_t count, time_point now) {
  finals_stale_ += count;
  stale_until_ = now + policy_.words_due;
  if (!partial_.empty())
    add_words(partial_);
}

void turn_machine::add_words(const std::string& text) {
  words_ += (words_.empty() ? "" : " ") + text;
}

void turn_machine::wait_for(caf::timespan span, time_point now) {
  deadline_ = now + span;
}

bool turn_machine::over_agent() const {
  return state_ == state::thinking || state_ == state::speaking;
}

void turn_machine::interrupt(time_point now) {
  if (turn_open_) {
    turn_open_ = false;
    interrupted_ = turn_;
    actions_.push_back(cancel{turn_});
  }
  enter(state::user_speaking, now);
}

void turn_machine::try_to_finish(time_point now) {
  if (finals_due_ > 0)
    return;
  if (words_.empty()) // nothing to add: no need to wait for more
    finish(now);
  else
    wait_for(policy_.end_of_turn, now);
}

void turn_machine::finish(time_point now) {
  auto words = std::exchange(words_, {});
  auto confidence = std::exchange(confidence_, 1);
  auto spoken = std::exchange(spoken_, caf::timespan{0});
  auto interrupted = std::exchange(interrupted_, 0);
  partial_.clear();
  held_open_ = likely_over_ = false;
  if (!words.empty()) {
    actions_.push_back(user_turn{std::move(words), confidence});
  } else if (interrupted != 0) {
    actions_.push_back(resume_turn{interrupted});
  } else if (spoken >= policy_.noise) {
    actions_.push_back(user_turn{"", 0});
  } else {
    enter(state::listening, now);
    return;
  }
  enter(state::thinking, now);
}

std::vector<turn_machine::action> turn_machine::take_actions() {
  return std::exchange(actions_, {});
}

} // namespace velox::actors
