#include "adapters/language/scripted/slots.hpp"

#include "adapters/language/scripted/small_talk.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <fmt/format.h>

namespace velox::language {

namespace {

using namespace std::chrono;

/// Stands for words that were used up, so that their neighbours stay apart.
const std::string used_up = "|";

void use_up(word_list& words, size_t begin, size_t end) {
  words.erase(words.begin() + static_cast<std::ptrdiff_t>(begin),
              words.begin() + static_cast<std::ptrdiff_t>(end));
  words.insert(words.begin() + static_cast<std::ptrdiff_t>(begin), used_up);
}

std::optional<std::string>
take_day(word_list& words, const slot_context& context) {
  auto day = find_day(words, context.today);
  if (!day)
    return std::nullopt;
  use_up(words, day->begin, day->end);
  year_month_day date{day->value};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::optional<std::string>
take_time(word_list& words, const slot_context& context) {
  static const opening_hours always;
  auto time = find_time(words, context.asked,
                        context.hours != nullptr ? *context.hours : always,
                        context.day);
  if (!time)
    return std::nullopt;
  use_up(words, time->begin, time->end);
  return fmt::format("{:02}:{:02}", time->value.count() / 60,
                     time->value.count() % 60);
}

/// Digits said one by one or in pairs: "five five five", "double oh",
/// "fifty five".
std::optional<std::string>
take_digits(word_list& words, size_t least, size_t most) {
  for (size_t begin = 0; begin < words.size(); ++begin) {
    std::string digits;
    auto at = begin;
    while (at < words.size()) {
      size_t copies = words[at] == "double" ? 2 : words[at] == "triple" ? 3 : 1;
      auto number = small_number(words, at + (copies > 1 ? 1 : 0));
      if (!number && copies == 1 && words[at] == "hundred" && !digits.empty()) {
        digits += "00";
        ++at;
        continue;
      }
      if (!number)
        break;
      for (size_t i = 0; i < copies; ++i)
        digits += std::to_string(number->value);
      at += number->length + (copies > 1 ? 1 : 0);
    }
    if (digits.size() >= least && digits.size() <= most) {
      use_up(words, begin, at);
      return digits;
    }
    if (at > begin)
      begin = at - 1;
  }
  return std::nullopt;
}

std::optional<std::string> take_number(word_list& words) {
  for (size_t i = 0; i < words.size(); ++i)
    if (auto n = cardinal(words, i)) {
      // "five five": digits, where a number was meant to be spelt.
      if (cardinal(words, i + n->length))
        return take_digits(words, 1, 9);
      use_up(words, i, i + n->length);
      return std::to_string(n->value);
    }
  return std::nullopt;
}

bool ends_a_name(const std::string& word) {
  static const std::array<std::string_view, 38> list{
    "and",  "for",   "on",   "at",       "please", "|",    "in",   "to",
    "my",   "i",     "the",  "thank",    "thanks", "with", "want", "would",
    "like", "is",    "here", "speaking", "from",   "a",    "what", "how",
    "when", "where", "why",  "who",      "you",    "can",  "do",   "did",
    "are",  "was",   "it",   "that",     "this",   "not"};
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::optional<std::string> take_name(word_list& words, bool asked) {
  static const std::vector<word_list> lead_ins{
    {"my", "name", "is"}, {"the", "name", "is"}, {"name", "is"},
    {"my", "names"},      {"it", "is", "under"}, {"this", "is"},
    {"i", "am"},          {"it", "is"},          {"that", "is"},
    {"call", "me"},       {"make", "it"}};
  // The last four are not telling enough without a question.
  auto telling = asked ? lead_ins.size() : lead_ins.size() - 5;
  size_t begin = asked ? 0 : words.size();
  for (size_t i = 0; i < telling; ++i) {
    auto at = std::search(words.begin(), words.end(), lead_ins[i].begin(),
                          lead_ins[i].end());
    if (at != words.end()) {
      begin = static_cast<size_t>(at - words.begin()) + lead_ins[i].size();
      break;
    }
  }
  // "yes, sure, it's ..." and "yes, John Smith"
  while (asked && begin < words.size()
         && (words[begin] == "yes" || words[begin] == "sure"
             || words[begin] == "okay" || words[begin] == "|"))
    ++begin;
  auto end = begin;
  while (end < words.size() && !ends_a_name(words[end])
         && !small_number(words, end))
    ++end;
  if (end == begin || end - begin > 4)
    return std::nullopt;
  auto name = word_span{words}.subspan(begin, end - begin);
  auto spelt = std::all_of(name.begin(), name.end(),
                           [](auto& w) { return w.size() == 1; });
  std::string out;
  for (auto& word : name)
    out += (out.empty() || spelt ? "" : " ") + word;
  if (out.size() < 2 || (asked && find_yes_no(name) && name.size() == 1))
    return std::nullopt;
  use_up(words, begin, end);
  return out;
}

std::string speak_name(const std::string& value) {
  auto out = value;
  auto start = true;
  for (auto& c : out) {
    if (start)
      c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    start = c == ' ' || c == '\'';
  }
  return out;
}

/// In groups as people write telephone numbers: three, three, then the rest.
std::string speak_phone(const std::string& digits) {
  std::string out;
  for (size_t at = 0; at < digits.size();) {
    auto left = digits.size() - at;
    auto size = left <= 4 ? left : size_t{3};
    out += (out.empty() ? "" : ", ") + digit_words(digits.substr(at, size));
    at += size;
  }
  return out;
}

} // namespace

std::optional<std::string>
take_value(slot_type type, word_list& words, const slot_context& context) {
  switch (type) {
    case slot_type::date: return take_day(words, context);
    case slot_type::time: return take_time(words, context);
    case slot_type::name: return take_name(words, context.asked);
    case slot_type::phone: return take_digits(words, 7, 15);
    case slot_type::number:
      return context.asked ? take_number(words) : std::nullopt;
    case slot_type::yes_no:
      if (auto yes = context.asked ? find_yes_no(words) : std::nullopt)
        return *yes ? "yes" : "no";
      return std::nullopt;
    case slot_type::text: break;
  }
  // Of two words at least "leave a message" is left when it was not asked for.
  if (!context.asked || words.empty())
    return std::nullopt;
  auto out = join(words);
  words.clear();
  return out;
}

std::string speak_value(slot_type type, const std::string& value) {
  switch (type) {
    case slot_type::date:
      if (auto day = kept_day(value))
        return speak_day(*day);
      break;
    case slot_type::time:
      if (auto time = kept_time(value))
        return speak_time(*time);
      break;
    case slot_type::name: return speak_name(value);
    case slot_type::phone: return speak_phone(value);
    case slot_type::number:
      if (value.size() <= 2)
        return number_words(std::atoi(value.c_str()));
      return value;
    case slot_type::yes_no:
    case slot_type::text: break;
  }
  return value;
}

std::optional<sys_days> kept_day(const std::string& value) {
  int y = 0;
  unsigned m = 0;
  unsigned d = 0;
  if (std::sscanf(value.c_str(), "%4d-%2u-%2u", &y, &m, &d) != 3)
    return std::nullopt;
  year_month_day date{year{y}, month{m}, day{d}};
  return date.ok() ? std::optional{sys_days{date}} : std::nullopt;
}

std::optional<minutes> kept_time(const std::string& value) {
  int h = 0;
  int m = 0;
  if (std::sscanf(value.c_str(), "%2d:%2d", &h, &m) != 2 || h < 0 || h > 23
      || m < 0 || m > 59)
    return std::nullopt;
  return hours{h} + minutes{m};
}

std::string default_hint(slot_type type) {
  switch (type) {
    case slot_type::date:
      return "You can say a day such as next Tuesday, or the fifteenth of May.";
    case slot_type::time:
      return "You can say a time such as two thirty in the afternoon.";
    case slot_type::name: return "Please say only the name.";
    case slot_type::phone: return "Please say the number digit by digit.";
    case slot_type::number: return "Please say only the number.";
    case slot_type::yes_no: return "Please say yes or no.";
    case slot_type::text: break;
  }
  return "Please say it in a few words.";
}

} // namespace velox::language
