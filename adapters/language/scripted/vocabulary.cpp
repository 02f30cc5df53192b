#include "adapters/language/scripted/agent_file.hpp"
#include "adapters/language/scripted/small_talk.hpp"

#include <array>
#include <cctype>
#include <numeric>
#include <set>

/// What callers may say, for recognisers that want to know it beforehand.

namespace velox::language {

namespace {

constexpr std::array<std::string_view, 7> weekdays{
  "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

constexpr std::array<std::string_view, 12> months{
  "january", "february", "march",     "april",   "may",      "june",
  "july",    "august",   "september", "october", "november", "december"};

constexpr std::array<std::string_view, 16> common_names{
  "john smith",   "mary johnson", "david brown",   "sarah miller",
  "james wilson", "anna taylor",  "peter martin",  "susan clark",
  "robert lewis", "laura walker", "michael young", "emma king",
  "daniel green", "julia baker",  "thomas hill",   "maria lopez"};

std::string operator+(std::string_view a, std::string_view b) {
  std::string out{a};
  out += b;
  return out;
}

std::vector<std::string> days() {
  std::vector<std::string> out{"today", "tomorrow", "the day after tomorrow"};
  for (auto day : weekdays) {
    out.push_back(std::string{day});
    out.push_back("next " + day);
    out.push_back("on " + day);
    out.push_back("this " + day);
  }
  // Every day and every month, each twice and the two not always the same.
  for (int64_t i = 1; i <= 31; ++i) {
    auto& month = months[static_cast<size_t>(i) % months.size()];
    auto& other = months[static_cast<size_t>(i + 5) % months.size()];
    out.push_back("the " + (ordinal_words(i) + " of ") + month);
    out.push_back(month + (" " + ordinal_words(i)));
    out.push_back("on the " + ordinal_words(i));
    out.push_back(other + (" the " + ordinal_words(i)));
  }
  for (auto month : months)
    out.push_back("the first of " + month);
  for (std::string_view ahead : {"a", "two", "three"})
    out.push_back("in " + ahead + (ahead == "a" ? " week" : " weeks"));
  return out;
}

std::vector<std::string> times() {
  std::vector<std::string> out{"noon", "at noon", "in the morning",
                               "in the afternoon", "in the evening"};
  for (int64_t hour = 1; hour <= 12; ++hour) {
    auto h = number_words(hour);
    auto half = hour < 8 || hour == 12 ? " pm" : " am";
    out.push_back("at " + h);
    out.push_back(h + " o'clock");
    out.push_back(h + half);
    out.push_back(h + " thirty");
    out.push_back("at " + h + " thirty" + half);
    out.push_back(h + (hour % 2 == 0 ? " fifteen" : " forty five"));
    out.push_back("half past " + h);
    out.push_back("quarter " + std::string{hour % 2 == 0 ? "past " : "to "}
                  + h);
    out.push_back(
      h + (hour < 8 || hour == 12 ? " in the afternoon" : " in the morning"));
  }
  return out;
}

/// Digits such that each follows each other one at least once.
std::vector<std::string> digit_runs() {
  std::vector<std::string> out;
  // All circles of each step: with step 4, 0 4 8 2 6 0 and 1 5 9 3 7 1.
  for (int64_t step = 1; step < 10; ++step)
    for (int64_t start = 0; start < std::gcd(step, int64_t{10}); ++start) {
      std::string run;
      for (int64_t i = 0; i <= 10 / std::gcd(step, int64_t{10}); ++i) {
        auto digit = (start + i * step) % 10;
        if (i > 0)
          run += ' ';
        run += digit == 0 && step % 2 == 0 ? "oh" : number_words(digit);
      }
      out.push_back(run);
    }
  for (int64_t digit = 0; digit < 10; ++digit) {
    auto d = number_words(digit);
    auto& thrice = out.emplace_back(d);
    for (int again = 0; again < 2; ++again)
      thrice.append(" ").append(d);
    out.push_back("double " + d);
  }
  return out;
}

std::vector<std::string> examples(const agent& x, slot_type type) {
  switch (type) {
    case slot_type::date: return days();
    case slot_type::time: return times();
    case slot_type::phone: return digit_runs();
    case slot_type::yes_no: return {"yes", "no"};
    case slot_type::number: {
      std::vector<std::string> out;
      for (int64_t i = 1; i <= 100; i += i < 20 ? 1 : 10)
        out.push_back(i == 100 ? "one hundred" : number_words(i));
      return out;
    }
    case slot_type::name: {
      std::vector<std::string> out = x.names;
      out.insert(out.end(), common_names.begin(), common_names.end());
      return out;
    }
    case slot_type::text: break;
  }
  return {};
}

/// Phrases in order, each once.
class phrase_list {
public:
  void add(std::string_view text) {
    std::string clean;
    auto blank = true;
    for (unsigned char c : text) {
      auto keep = std::isalnum(c) != 0 || c == '\'' || c >= 0x80;
      if (keep)
        clean += static_cast<char>(std::tolower(c));
      else if (!blank)
        clean += ' ';
      blank = !keep;
    }
    while (!clean.empty() && clean.back() == ' ')
      clean.pop_back();
    // Digits are written as recognisers write them.
    if (clean.find_first_of("0123456789") != clean.npos)
      clean = join(to_words(clean));
    if (!clean.empty() && seen_.insert(clean).second)
      list.push_back(clean);
  }

  std::vector<std::string> list;

private:
  std::set<std::string> seen_;
};

void add_intent(const agent& x, const intent& what, phrase_list& out) {
  size_t pick = 0;
  for (auto& phrase : what.phrases) {
    auto has_slots = phrase.find('{') != phrase.npos;
    for (int copy = 0; copy < (has_slots ? 4 : 1); ++copy)
      out.add(fill(phrase, [&](std::string_view name) -> std::string {
        for (auto& s : what.slots)
          if (s.name == name)
            if (auto list = examples(x, s.type); !list.empty())
              return list[(pick += 7) % list.size()];
        return "";
      }));
  }
}

} // namespace

std::vector<std::string> vocabulary(const agent& x) {
  phrase_list out;
  for (auto& phrase : small_talk_phrases())
    out.add(phrase);
  std::set<slot_type> types;
  for (auto& what : x.intents) {
    add_intent(x, what, out);
    for (auto& s : what.slots)
      types.insert(s.type);
  }
  for (auto type : types)
    for (auto& example : examples(x, type)) {
      out.add(example);
      if (type == slot_type::name)
        out.add("my name is " + example);
    }
  for (auto& phrase : x.extra_phrases)
    out.add(phrase);
  return out.list;
}

} // namespace velox::language
