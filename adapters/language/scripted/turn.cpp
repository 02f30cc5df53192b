#include "adapters/language/scripted/turn.hpp"

#include <algorithm>

namespace velox::language {

turn::turn(const agent& who, const matcher& intents, moment now,
           const prompt& x)
  : who_(who), intents_(intents), now_(now), prompt_(x),
    memory_(from_json(x.memory)), question_before_(memory_.question),
    lost_before_(memory_.lost) {
  memory_.question.clear();
  // The clock of the call's first turn, so that an answer given again after a
  // restart is the same.
  auto kept = memory_.now.size() == 16 ? kept_day(memory_.now.substr(0, 10))
                                       : std::nullopt;
  auto time = kept ? kept_time(memory_.now.substr(11)) : std::nullopt;
  if (kept && time) {
    now_ = {*kept, *time};
  } else {
    std::chrono::year_month_day date{now.day};
    auto two
      = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    memory_.now = std::to_string(static_cast<int>(date.year())) + "-"
                  + two(static_cast<unsigned>(date.month())) + "-"
                  + two(static_cast<unsigned>(date.day())) + " "
                  + two(now.time.count() / 60) + ":"
                  + two(now.time.count() % 60);
  }
}

dialogue::reply turn::run() {
  auto& history = prompt_.history;
  if (!history.empty() && history.back().role == "user") {
    words_ = to_words(history.back().text);
    meant_ = intents_.best(words_);
    auto form = current_form();
    memory_.lost = 0;
    if (words_.empty() || prompt_.confidence < who_.min_confidence)
      lost(who_.says.please_repeat, "");
    else if (form != nullptr)
      in_form(*form);
    else
      free_talk();
  } else if (!history.empty() && prompt_.confidence == 0) {
    // They have spoken, and nothing of it was understood.
    memory_.lost = 0;
    lost(who_.says.please_repeat, "");
  } else if (history.empty() || memory_.last.empty()) {
    say(filled(who_.greeting));
  } else {
    repeat();
  }
  if (text_.empty())
    say(filled(who_.says.not_understood));
  memory_.last = text_;
  return {text_,        then_,
          transfer_to_, to_json(memory_),
          press_,       then_ == next_step::listen ? expected_keys() : 0};
}

/// What the caller has chosen by its key.
const intent* turn::keyed() const {
  if (prompt_.keys.empty())
    return nullptr;
  for (auto& x : who_.intents)
    if (x.key == prompt_.keys)
      return &x;
  return nullptr;
}

/// So that an entry ends with its last key, and not with a pause.
uint32_t turn::expected_keys() const {
  if (auto form = current_form()) {
    for (auto& x : form->slots)
      if (x.name == memory_.asking)
        return x.digits;
    return 0;
  }
  size_t longest = 0;
  for (auto& x : who_.intents)
    longest = std::max(longest, x.key.size());
  return static_cast<uint32_t>(longest);
}

void turn::free_talk() {
  if (auto chosen = keyed())
    return serve(*chosen);
  auto what = find_command(words_);
  if (what == command::goodbye && meant_.score < certain)
    return hang_up(who_.says.farewell);
  if (meant_.score < likely && yes_no_to_follow_up())
    return;
  if (what && meant_.score < certain && obey(*what))
    return;
  if (meant_.score >= likely)
    return serve(*meant_.what);
  lost(who_.says.not_understood, "");
}

bool turn::yes_no_to_follow_up() {
  auto yes = find_yes_no(words_);
  if (!yes || (memory_.asking != "?more" && memory_.asking != "?offer"))
    return false;
  auto offered
    = memory_.asking == "?offer" ? who_.find(memory_.offered) : nullptr;
  if (offered != nullptr && *yes)
    serve(*offered);
  else if (offered != nullptr)
    ask(filled(who_.says.anything_else), "?more");
  else if (!*yes)
    hang_up(who_.says.farewell);
  else if (find_command(words_) == command::thanks)
    obey(command::thanks);
  else
    ask(filled(who_.says.go_ahead), "");
  return true;
}

bool turn::obey(command what) {
  switch (what) {
    case command::repeat: repeat(); return true;
    case command::help:
      say(filled(who_.says.help));
      memory_.asking.clear();
      return true;
    case command::thanks:
      say(filled(who_.says.welcome));
      ask(filled(who_.says.anything_else), "?more");
      return true;
    case command::hello: ask(filled(who_.says.go_ahead), ""); return true;
    case command::wait:
      say(filled(who_.says.wait));
      memory_.question = question_before_;
      return true;
    case command::cancel:
      ask(filled(who_.says.anything_else), "?more");
      return true;
    case command::goodbye: hang_up(who_.says.farewell); return true;
  }
  return false;
}

void turn::serve(const intent& what) {
  if (what.slots.empty())
    conclude(what);
  else
    begin(what, true);
}

void turn::conclude(const intent& what) {
  auto& count = memory_.answered[what.name];
  say(filled(what.answers[count % what.answers.size()]));
  ++count;
  if (!memory_.slots.empty() && memory_.intent == what.name)
    memory_.done.push_back({what.name, memory_.slots});
  drop_form();
  press_ = what.press;
  then_ = what.then;
  if (what.then == next_step::transfer)
    transfer_to_ = what.transfer_to;
  if (what.then != next_step::listen)
    return;
  if (what.follow_up.empty())
    return ask(filled(who_.says.anything_else), "?more");
  memory_.offered = what.offers;
  ask(filled(what.follow_up), what.offers.empty() ? "?more" : "?offer");
}

void turn::hang_up(const std::string& words) {
  drop_form();
  say(filled(words));
  then_ = next_step::hang_up;
}

void turn::repeat() {
  memory_.question = question_before_;
  auto& history = prompt_.history;
  auto heard = std::find_if(history.rbegin(), history.rend(), [](auto& x) {
    return x.role == "assistant" && !x.text.empty();
  });
  if (!memory_.last.empty())
    say(memory_.last);
  else
    say(heard != history.rend() ? heard->text : filled(who_.greeting));
}

/// The caller said something that means nothing here.
void turn::lost(const std::string& first_time, const std::string& hint) {
  if (question_was_cut() && !words_.empty()) {
    // How could they have answered what they have not heard?
    memory_.lost = lost_before_;
    say(filled(who_.says.not_heard));
    return ask(question_before_, memory_.asking);
  }
  auto in_form = current_form() != nullptr && !question_before_.empty();
  memory_.lost = lost_before_ + 1;
  if (memory_.lost == 1) {
    say(filled(first_time));
    // "Could you say that again?" is a question of its own.
    if (first_time == who_.says.please_repeat)
      memory_.question = question_before_;
    else if (in_form)
      ask(question_before_, memory_.asking);
    else
      say(filled(who_.says.rephrase));
    return;
  }
  if (memory_.lost == 2) {
    say(filled(hint.empty() ? who_.says.help : hint));
    if (in_form && hint != who_.says.what_to_change)
      ask(question_before_, memory_.asking);
    return;
  }
  auto rescue = who_.find(who_.when_lost);
  if (rescue == nullptr || memory_.intent == rescue->name)
    return hang_up(who_.says.give_up);
  memory_.lost = 0;
  words_.clear();
  serve(*rescue);
}

/// Whether the caller interrupted the last answer before its question.
bool turn::question_was_cut() const {
  auto& history = prompt_.history;
  if (question_before_.empty() || history.size() < 2)
    return false;
  auto& before = history[history.size() - 2];
  if (before.role == "user") // nothing of the answer was heard at all
    return true;
  if (!before.interrupted)
    return false;
  auto all = to_words(memory_.last).size();
  auto question = to_words(question_before_).size();
  return to_words(before.text).size() + question / 2 < all;
}

void turn::say(const std::string& text) {
  if (text.empty())
    return;
  if (!text_.empty())
    text_ += ' ';
  text_ += text;
}

void turn::ask(const std::string& question, const std::string& about) {
  say(question);
  memory_.question = question;
  memory_.asking = about;
}

std::string turn::filled(const std::string& text) const {
  return fill(text, [this](std::string_view name) { return value_of(name); });
}

std::string turn::value_of(std::string_view name) const {
  if (name == "agent")
    return who_.name;
  if (name == "company")
    return who_.company.empty() ? who_.name : who_.company;
  if (name == "opening_hours")
    return speak_week(who_.hours);
  if (name == "topics")
    return topics();
  auto form = current_form();
  if (form == nullptr)
    return "";
  std::string all;
  for (auto& x : form->slots) {
    auto value = memory_.slots.find(x.name);
    if (x.name == name)
      return value == memory_.slots.end() ? ""
                                          : speak_value(x.type, value->second);
    if (!all.empty())
      all += &x == &form->slots.back() ? " or the " : ", the ";
    all += x.name;
  }
  return name == "slots" ? all : "";
}

std::string turn::topics() const {
  std::vector<std::string> list;
  for (auto& x : who_.intents)
    if (!x.about.empty())
      list.push_back(x.about);
  std::string out;
  for (size_t i = 0; i < list.size(); ++i)
    out += (i == 0 ? "" : i + 1 == list.size() ? ", or " : ", ") + list[i];
  return out;
}

const intent* turn::current_form() const {
  return who_.find(memory_.intent);
}

// -- dialogue
// ------------------------------------------------------------------

dialogue::dialogue(std::shared_ptr<const agent> who, local_clock clock)
  : who_(std::move(who)), matcher_(*who_), clock_(std::move(clock)) {}

dialogue::reply dialogue::answer(const prompt& x) const {
  return turn{*who_, matcher_, clock_(), x}.run();
}

std::string_view behind(std::string_view text, std::string_view said) {
  auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
  size_t at = 0;
  for (char c : said) {
    if (blank(c))
      continue;
    while (at < text.size() && blank(text[at]))
      ++at;
    if (at == text.size() || text[at] != c)
      return text;
    ++at;
  }
  // The blank behind the last word may have been said as well.
  while (!said.empty() && blank(said.back()) && at < text.size()
         && blank(text[at]))
    ++at;
  return text.substr(at);
}

} // namespace velox::language
