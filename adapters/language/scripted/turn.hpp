#pragma once

#include "adapters/language/scripted/dialogue.hpp"
#include "adapters/language/scripted/memory.hpp"
#include "adapters/language/scripted/slots.hpp"
#include "adapters/language/scripted/small_talk.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace velox::language {

/// One answer in the making: what was remembered, what the caller said, and
/// what is going to be said. turn.cpp holds the conversation at large,
/// form.cpp the asking for slots.
class turn {
public:
  turn(const agent& who, const matcher& intents, moment now, const prompt& x);

  dialogue::reply run();

private:
  // -- the conversation at large (turn.cpp)
  void free_talk();
  const intent* keyed() const;
  uint32_t expected_keys() const;
  bool yes_no_to_follow_up();
  bool obey(command what);
  void serve(const intent& what);
  void conclude(const intent& what);
  void hang_up(const std::string& words);
  void repeat();
  void lost(const std::string& first_time, const std::string& hint);
  bool question_was_cut() const;

  // -- filling a form (form.cpp)
  void begin(const intent& what, bool use_words);
  void in_form(const intent& form);
  void on_slot(const intent& form, const slot& asked);
  void on_confirm(const intent& form);
  void on_change(const intent& form);
  void change(const intent& form, const slot& which);
  void aside(const intent& what);
  bool take(const intent& form, const slot* asked, bool replace);
  const slot* named_slot(const intent& form) const;
  void advance(const intent& form);
  void check_times(const intent& form);
  void drop_form();

  // -- speaking
  void say(const std::string& text);
  void ask(const std::string& question, const std::string& about);
  std::string filled(const std::string& text) const;
  std::string value_of(std::string_view name) const;
  std::string topics() const;
  const intent* current_form() const;

  const agent& who_;
  const matcher& intents_;
  moment now_;
  const prompt& prompt_;
  memory memory_;
  word_list words_;
  matcher::result meant_;
  /// What the last answer asked.
  std::string question_before_;
  uint64_t lost_before_ = 0;
  std::string text_;
  next_step then_ = next_step::listen;
  std::string transfer_to_;
  std::string press_;
};

/// Scores from which on an intent is taken for what was meant, and from which
/// on there is hardly a doubt.
constexpr double likely = 0.55;
constexpr double certain = 0.8;

} // namespace velox::language
