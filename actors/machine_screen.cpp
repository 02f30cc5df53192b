#include "actors/machine_screen.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace velox::actors {

namespace {

/// What no person says on picking up, in a few languages.
constexpr auto machine_phrases = std::to_array<std::string_view>({
  "leave a message",
  "leave your message",
  "leave me a message",
  "leave us a message",
  "leave your name",
  "after the tone",
  "after the beep",
  "at the tone",
  "record your message",
  "voicemail",
  "voice mail",
  "mailbox",
  "answering machine",
  "can't take your call",
  "cannot take your call",
  "can not take your call",
  "can't come to the phone",
  "cannot come to the phone",
  "unable to take your call",
  "has been forwarded",
  "deje su mensaje",
  "deje un mensaje",
  "despues de la senal",
  "después de la señal",
  "despues del tono",
  "después del tono",
  "buzón de voz",
  "hinterlassen sie",
  "hinterlasse eine nachricht",
  "nach dem signalton",
  "nach dem ton",
  "laissez un message",
  "après le bip",
  "apres le bip",
});

} // namespace

bool sounds_like_machine(std::string_view text) {
  std::string low{text};
  std::transform(low.begin(), low.end(), low.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return std::any_of(machine_phrases.begin(), machine_phrases.end(),
                     [&](auto x) { return low.find(x) != std::string::npos; });
}

void machine_screen::begin(time_point now) {
  stage_ = stage::waiting;
  began_ = now;
  deadline_ = now + first_word;
}

machine_screen::action
machine_screen::on(const answered_by& x, time_point now) {
  if (stage_ == stage::finished)
    return action::none;
  switch (x.who) {
    case answerer::unknown: return action::none;
    case answerer::fax: stage_ = stage::finished; return action::hang_up;
    case answerer::human:
      if (stage_ != stage::waiting)
        return action::none;
      stage_ = stage::person;
      deadline_.reset();
      return action::greet;
    case answerer::machine:
      if (stage_ == stage::waiting
          || (stage_ == stage::person && now - began_ < verdict_due))
        return machine(wordless_greeting, now);
      return action::none;
    case answerer::machine_ready: {
      auto late = stage_ == stage::person && now - began_ >= verdict_due;
      if (late || stage_ == stage::leaving)
        return action::none;
      auto first
        = stage_ == stage::machine ? action::none : machine(machine_pause, now);
      return stage_ == stage::machine ? leave() : first;
    }
  }
  return action::none;
}

machine_screen::action machine_screen::on(const tone_heard& x, time_point now) {
  if (stage_ == stage::finished)
    return action::none;
  if (x.what == line_tone::fax) {
    stage_ = stage::finished;
    return action::hang_up;
  }
  if (stage_ == stage::leaving) { // we were early: it records from now on
    if (std::exchange(again_, true))
      return action::none;
    return action::leave_message;
  }
  if (stage_ == stage::person && now - began_ >= verdict_due)
    return action::none;
  return on(answered_by{answerer::machine_ready}, now);
}

machine_screen::action
machine_screen::on_words(std::string_view text, time_point now) {
  switch (stage_) {
    case stage::waiting:
    case stage::person:
      if (policy_ != voicemail::go_on && now - began_ < verdict_due
          && sounds_like_machine(text))
        return machine(machine_pause, now);
      stage_ = stage::person;
      deadline_.reset();
      return action::answer;
    case stage::machine: // it goes on talking, but not for ever
      deadline_
        = std::min(now + machine_pause, machine_since_ + longest_greeting);
      return action::none;
    case stage::leaving: return action::none;
    case stage::finished: return action::answer;
  }
  return action::none;
}

machine_screen::action machine_screen::on_time(time_point now) {
  if (!deadline_ || now < *deadline_)
    return action::none;
  deadline_.reset();
  if (stage_ == stage::waiting) {
    stage_ = stage::person;
    return action::greet;
  }
  return stage_ == stage::machine ? leave() : action::none;
}

machine_screen::action
machine_screen::machine(caf::timespan pause, time_point now) {
  switch (policy_) {
    case voicemail::hang_up: stage_ = stage::finished; return action::hang_up;
    case voicemail::leave_message:
      stage_ = stage::machine;
      machine_since_ = now;
      deadline_ = now + pause;
      return action::fall_silent;
    case voicemail::go_on: {
      auto talking = stage_ == stage::person;
      stage_ = stage::finished;
      deadline_.reset();
      return talking ? action::none : action::greet;
    }
  }
  return action::none;
}

machine_screen::action machine_screen::leave() {
  stage_ = stage::leaving;
  deadline_.reset();
  return action::leave_message;
}

} // namespace velox::actors
