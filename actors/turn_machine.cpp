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

turn_machine::turn_machine(turn_policy policy)
  : policy_(std::move(policy)),
    backchannels_(backchannels(policy_.language, policy_.backchannels)),
    presence_(presence_questions(policy_.language)),
    completeness_(policy_.language) {}

void turn_machine::judge_in(const std::string& language) {
  if (language == policy_.language)
    return;
  policy_.language = language;
  policy_.backchannels.clear();
  backchannels_ = backchannels(language, {});
  presence_ = presence_questions(language);
  completeness_ = completeness{language};
}

void turn_machine::begin(time_point now) {
  enter(state::listening, now);
  deadline_ = deadline();
}

/// Takes the row of the table: the first whose conditions hold.
void turn_machine::follow(turn_event event, time_point now) {
  for (auto& x : turn_rules(state_, event)) {
    if (!holds(x.when, now) || !holds(x.also, now))
      continue;
    last_rule_ = &x;
    perform(x.then, now);
    if (x.next != state_)
      enter(x.next, now);
    break;
  }
  deadline_ = deadline();
}

// -- the caller
// ----------------------------------------------------------------

void turn_machine::on(const voice_started&, time_point now) {
  last_rule_ = nullptr;
  if (voice_)
    return;
  voice_ = true;
  noise_ = false;
  voice_since_ = now;
  if (finals_due_ > 0 && now > quiet_since_ + policy_.words_due && !held_open_)
    finals_due_ = 0; // they never came
  if (state_ != state::user_speaking && state_ != state::finishing)
    partial_.clear();
  follow(turn_event::voice_started, now);
}

void turn_machine::on(const voice_stopped&, time_point now) {
  last_rule_ = nullptr;
  if (!voice_)
    return;
  voice_ = noise_ = false;
  quiet_since_ = now;
  if (std::exchange(voice_given_up_, false)) {
    stale_until_ = now + policy_.words_due;
  } else {
    spoken_ += now - voice_since_;
    ++finals_due_;
  }
  follow(turn_event::voice_stopped, now);
}

void turn_machine::on(const words_partial& x, time_point now) {
  last_rule_ = nullptr;
  // Words over the agent's voice, though its voice was taken back after a
  // false alarm: no false alarm at all.
  sure_ = voice_ || x.hint != turn_hint::none;
  if (x.text != partial_ && !x.text.empty())
    last_word_at_ = now;
  partial_ = x.text;
  if (x.text.empty()) {
    deadline_ = deadline();
    return;
  }
  idle_times_ = 0;
  follow(turn_event::words_partial, now);
  on_hint(x, now);
  deadline_ = deadline();
}

/// What a recogniser thinks of the turn that the caller is in.
void turn_machine::on_hint(const words_partial& x, time_point now) {
  held_open_ = x.hint != turn_hint::none; // its final may take its time
  if (held_open_)
    last_hint_at_ = now;
  if (over_agent())
    return;
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
  last_rule_ = nullptr;
  if (finals_stale_ > 0) { // we answered without it already
    --finals_stale_;
    if (now < stale_until_)
      return;
  }
  if (finals_due_ > 0)
    --finals_due_;
  partial_.clear();
  understood_ = classify(x.text);
  if (understood_ == understood::words) {
    add_words(x.text, now);
    confidence_ = std::min(confidence_, x.confidence);
    idle_times_ = 0;
    actions_.push_back(words_final{x.text, x.confidence});
  } else if (over_agent() && words_.empty()) {
    spoken_ = caf::timespan{0}; // a noise beside the agent
  }
  if (understood_ == understood::backchannel && state_ != state::thinking) {
    aside_ = x;
    aside_at_ = now;
  }
  turn_over_ = x.turn_over && understood_ == understood::words;
  if (turn_over_) { // our own ear may be slower to notice
    finals_due_ = 0;
    voice_given_up_ = voice_;
  }
  if (state_ == state::finishing)
    entered_ = now; // the pause begins with the last that was heard
  follow(turn_event::words_final, now);
}

/// Beside the agent's voice a listener's "mm-hm" is no turn; neither is it when
/// that voice has cut the agent off already. Elsewhere it is an answer.
turn_machine::understood turn_machine::classify(const std::string& text) const {
  if (text.empty())
    return understood::nothing;
  if (state_ == state::thinking && presence_.only(text))
    return understood::presence;
  auto beside
    = over_agent() || (interrupted_ != 0 && beside_agent_ && words_.empty());
  return beside && backchannels_.only(text) ? understood::backchannel
                                            : understood::words;
}

/// A key counts as the word for it: a model needs no other way to hear it.
void turn_machine::on(const key_pressed& x, time_point now) {
  last_rule_ = nullptr;
  auto name = name_of(x.digit);
  if (name.empty())
    return;
  auto ends = policy_.keys_end != 0 && x.digit == policy_.keys_end;
  ends_none_ = ends && words_.empty();
  if (ends && !ends_none_) {
    entry_over_ = true;
  } else if (!ends) {
    keys_ += x.digit;
    add_words(std::string{name}, now);
    actions_.push_back(words_final{std::string{name}, 1});
    auto most = question_.digits > 0 ? question_.digits : policy_.most_keys;
    entry_over_ = most > 0 && keys_.size() >= most;
  }
  if (!ends_none_) {
    idle_times_ = 0;
    last_key_at_ = now;
  }
  follow(turn_event::key_pressed, now);
}

// -- the agent
// -----------------------------------------------------------------

void turn_machine::on(const floor_taken& x, time_point now) {
  old_turn_ = x.turn < turn_ || (x.turn == turn_ && !turn_open_);
  same_turn_ = x.turn == turn_;
  if (!old_turn_)
    interruptible_ = x.interruptible;
  if (x.turn > turn_) {
    turn_ = x.turn;
    turn_open_ = true;
    question_ = {};
    interrupted_ = resumed_ = 0;
    if (state_ == state::thinking) {
      entered_ = now;
      if (std::exchange(presence_due_, false))
        actions_.push_back(presence_asked{turn_});
    }
  }
  follow(turn_event::floor_taken, now);
}

void turn_machine::on(const question_asked& x, time_point now) {
  if (x.turn == turn_)
    question_ = completeness_.asked_by(x.text, x.digits);
  follow(turn_event::question_asked, now);
}

void turn_machine::on(const playback_started& x, time_point now) {
  old_turn_ = x.turn != turn_ || !turn_open_;
  follow(turn_event::playback_started, now);
}

void turn_machine::on(const playback_finished& x, time_point now) {
  auto waited_for = turn_open_ || resumed_ == x.turn;
  old_turn_ = x.turn != turn_ || (state_ == state::thinking && !waited_for);
  if (x.turn == turn_) {
    // Also when it was cut off already: the call says so when there was
    // nothing left of it to go on with.
    turn_open_ = false;
    interruptible_ = true;
    interrupted_ = resumed_ = 0;
    if (!voice_ && over_agent())
      spoken_ = caf::timespan{0};
    answer_early(now);
  }
  follow(turn_event::playback_finished, now);
}

/// "Is that right?" is often answered while its last word is still heard.
void turn_machine::answer_early(time_point now) {
  auto said = std::exchange(aside_, {});
  if (said.text.empty() || now > aside_at_ + early_answer || !over_agent()
      || question_.answer != wanted::yes_or_no)
    return;
  auto before = last_word_at_;
  add_words(said.text, now);
  last_word_at_ = std::max(before, aside_at_);
  confidence_ = std::min(confidence_, said.confidence);
  actions_.push_back(std::move(said));
}

// -- time
// ----------------------------------------------------------------------

void turn_machine::on_time(time_point now) {
  last_rule_ = nullptr;
  if (!deadline_ || now < *deadline_)
    return;
  if ((state_ == state::user_speaking || state_ == state::finishing)
      && !cut_for_noise())
    give_up_words(now);
  follow(turn_event::time, now);
}

/// No more words are waited for: what is there must do. What comes of them
/// later belongs to no turn.
void turn_machine::give_up_words(time_point now) {
  auto owed = voice_ || finals_due_ > 0 || state_ == state::user_speaking;
  if (state_ == state::finishing && finals_due_ > 0
      && (keys_.empty() || !partial_.empty()))
    actions_.push_back(stage_late{"stt", turn_});
  if (voice_)
    spoken_ += now - voice_since_;
  expect_no_words(now);
  auto last = std::exchange(partial_, {});
  if (owed && !last.empty())
    add_words(last, now);
}

/// The words of all that was said so far, should they come, are stale.
void turn_machine::expect_no_words(time_point now) {
  if (now >= stale_until_ && !voice_given_up_)
    finals_stale_ = 0;
  finals_stale_ += std::exchange(finals_due_, 0);
  if (voice_ && !std::exchange(voice_given_up_, true))
    ++finals_stale_;
  voice_since_ = now;
  stale_until_ = now + policy_.words_due;
}

// -- the table's steps
// ---------------------------------------------------------

void turn_machine::perform(turn_step x, time_point now) {
  switch (x) {
    case turn_step::none: break;
    case turn_step::cut:
      cut_at_ = now;
      cut();
      break;
    case turn_step::cut_and_answer:
      cut();
      give_turn(now);
      break;
    case turn_step::give_turn: give_turn(now); break;
    case turn_step::ask_again:
      forget_turn();
      actions_.push_back(user_turn{"", 0});
      break;
    case turn_step::resume:
      resumed_ = interrupted_;
      noise_ = voice_;
      forget_turn();
      actions_.push_back(resume_turn{resumed_});
      break;
    case turn_step::presence:
      if (turn_open_)
        actions_.push_back(presence_asked{turn_});
      presence_due_ = !turn_open_;
      break;
    case turn_step::idle:
      actions_.push_back(caller_idle{++idle_times_});
      entered_ = now;
      break;
    case turn_step::late:
      actions_.push_back(stage_late{"answer", turn_open_ ? turn_ : 0});
      entered_ = now;
      break;
  }
}

void turn_machine::cut() {
  beside_agent_ = state_ == state::speaking || state_ == state::overlapping;
  noise_ = false;
  if (!turn_open_)
    return;
  turn_open_ = false;
  interrupted_ = turn_;
  actions_.push_back(cancel{turn_});
}

void turn_machine::give_turn(time_point now) {
  if (finals_due_ > 0 || caller_voice()) // the tones of the keys, it seems
    expect_no_words(now);
  user_turn x{std::exchange(words_, {}), confidence_, std::exchange(keys_, {})};
  forget_turn();
  actions_.push_back(std::move(x));
  entered_ = now; // the wait for the answer begins
}

/// What follows is another turn of the caller.
void turn_machine::forget_turn() {
  words_.clear();
  keys_.clear();
  partial_.clear();
  entry_over_ = held_open_ = likely_over_ = presence_due_ = false;
  confidence_ = 1;
  spoken_ = caf::timespan{0};
  interrupted_ = 0;
}

void turn_machine::enter(state next, time_point now) {
  state_ = next;
  entered_ = now;
  if (next == state::listening)
    forget_turn();
}

/// Words end a turn after a pause that depends on them.
void turn_machine::add_words(const std::string& text, time_point now) {
  words_ += (words_.empty() ? "" : " ") + text;
  last_word_at_ = now;
  pause_ = policy_.end_of_turn;
  if (!policy_.judge_words || held_open_)
    return;
  auto verdict = completeness_.judge(words_, question_);
  if (verdict == completion::sure)
    pause_ = std::min(policy_.end_of_turn_sure, policy_.end_of_turn);
  else if (verdict == completion::unsure)
    pause_ = std::max(policy_.end_of_turn_unsure, policy_.end_of_turn);
}

std::vector<turn_machine::action> turn_machine::take_actions() {
  return std::exchange(actions_, {});
}

} // namespace velox::actors
