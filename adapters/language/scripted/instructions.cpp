#include "adapters/language/scripted/instructions.hpp"

#include <fmt/format.h>

namespace velox::language {

namespace {

/// How to talk on the phone, whoever the agent is.
constexpr auto phone_manners = R"(How you speak:
- You are on the phone. All you write is spoken aloud at once, so write only what is to be said.
- One or two short sentences at a time. Ask one question at a time and wait.
- No markdown, lists, emoji, headings or stage directions.
- Write numbers, times, prices and abbreviations as they are spoken: "nine thirty in the morning".
- Words may have been misheard. When something makes no sense, ask again in a friendly way.
- Say nothing that you do not know. Offer to take a message or to connect the caller instead.
- Speak the caller's language; begin in {language}.)";

/// "{company}" and the like as they are; slots as what they stand for.
std::string plain(const std::string& text, const agent& x) {
  return fill(text, [&](std::string_view name) -> std::string {
    if (name == "company")
      return x.company.empty() ? x.name : x.company;
    if (name == "agent")
      return x.name;
    if (name == "opening_hours")
      return x.hours.unknown() ? "" : speak_week(x.hours);
    return fmt::format("[the {}]", name);
  });
}

void add_intent(std::string& out, const intent& i, const agent& x) {
  out += fmt::format("- {}", i.about.empty() ? i.name : i.about);
  if (!i.phrases.empty())
    out += fmt::format(" (\"{}\")", plain(i.phrases.front(), x));
  out += ": ";
  if (!i.slots.empty()) {
    std::string names;
    for (auto& s : i.slots)
      names += (names.empty() ? "" : ", ") + s.name;
    out += fmt::format("ask for {}, one after the other{}; then say: ", names,
                       i.confirm.empty() ? "" : ", and read them back");
  }
  out += plain(i.answers.empty() ? "" : i.answers.front(), x);
  if (i.then == next_step::transfer)
    out += " Then transfer the call.";
  else if (i.then == next_step::hang_up)
    out += " Then end the call.";
  out += '\n';
}

/// What the file knows, as a briefing for somebody who has never seen it.
std::string made_from_file(const agent& x) {
  auto out = fmt::format("You are {}, who answers the phone", x.name);
  out += x.company.empty() ? ".\n" : fmt::format(" of {}.\n", x.company);
  out += fmt::format("You greeted the caller with: {}\n", plain(x.greeting, x));
  if (!x.hours.unknown())
    out += fmt::format("Opening hours: {}.\n", speak_week(x.hours));
  if (!x.intents.empty())
    out += "\nWhat callers want, and what you do and answer:\n";
  for (auto& i : x.intents)
    add_intent(out, i, x);
  return out;
}

} // namespace

std::string instructions(const agent& x) {
  auto out = x.prompt.empty() ? made_from_file(x) : x.prompt;
  while (out.ends_with('\n'))
    out.pop_back();
  out += "\n\n";
  out += fill(phone_manners, [&](std::string_view) { return x.language; });
  return out;
}

std::string transfer_number(const agent& x) {
  if (!x.transfer_number.empty())
    return x.transfer_number;
  for (auto& i : x.intents)
    if (i.then == next_step::transfer)
      return i.transfer_to;
  return "";
}

} // namespace velox::language
