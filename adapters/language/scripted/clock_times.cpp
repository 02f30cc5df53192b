#include "adapters/language/scripted/calendar.hpp"

#include <algorithm>

/// Times of day and opening hours: the second half of calendar.hpp.

namespace velox::language {

namespace {

using namespace std::chrono;

bool is(word_span words, size_t at, std::string_view word) {
  return at < words.size() && words[at] == word;
}

enum class half { open, morning, afternoon };

/// A time before it is known whether it is meant in the morning.
struct rough_time {
  int64_t hour = 0;
  int64_t minute = 0;
  size_t end = 0;
  half when = half::open;
  bool certain = false; ///< said such that it can only be a time
};

/// "pm", "in the afternoon", "tonight" somewhere behind the number.
half half_of_day(word_span words, size_t from, size_t& end) {
  for (size_t i = from; i < std::min(words.size(), from + 4); ++i) {
    auto& word = words[i];
    auto behind = [&](half x) {
      end = i + 1;
      return x;
    };
    if (word == "am" || word == "morning")
      return behind(half::morning);
    if (word == "pm" || word == "afternoon" || word == "evening"
        || word == "tonight" || word == "night")
      return behind(half::afternoon);
    if (word != "in" && word != "the" && word != "at" && word != "this"
        && word != "oclock" && word != "tomorrow")
      break;
  }
  return half::open;
}

/// "two" as recognisers may hear it in front of "thirty" or "pm".
std::optional<number_found> hour_number(word_span words, size_t at) {
  if (auto n = small_number(words, at))
    return n->value <= 24 ? n : std::nullopt;
  if (at + 1 >= words.size())
    return std::nullopt;
  auto& next = words[at + 1];
  auto follows = next == "am" || next == "pm" || next == "oclock"
                 || next == "thirty" || next == "fifteen" || next == "forty";
  if (!follows)
    return std::nullopt;
  if (words[at] == "to" || words[at] == "too")
    return number_found{2, 1};
  if (words[at] == "for")
    return number_found{4, 1};
  return std::nullopt;
}

/// "half past two", "quarter to three", "ten minutes past nine".
std::optional<rough_time> relative_time(word_span words, size_t at) {
  int64_t amount = 0;
  auto next = at;
  if (is(words, next, "half")) {
    amount = 30;
    ++next;
  } else if (is(words, next, "quarter")) {
    amount = 15;
    ++next;
  } else if (auto n = small_number(words, next); n && n->value < 60) {
    amount = n->value;
    next += n->length;
    if (is(words, next, "minutes"))
      ++next;
  } else {
    return std::nullopt;
  }
  auto past = is(words, next, "past") || is(words, next, "after");
  auto to = is(words, next, "to") || is(words, next, "before");
  if (!past && !to)
    return std::nullopt;
  auto hour = small_number(words, next + 1);
  if (!hour || hour->value < 1 || hour->value > 24)
    return std::nullopt;
  rough_time out;
  out.hour = past ? hour->value : hour->value - 1;
  if (out.hour == 0)
    out.hour = 12;
  out.minute = past ? amount : 60 - amount;
  out.end = next + 1 + hour->length;
  out.certain = true;
  return out;
}

/// "two", "two thirty", "two oh five", "two oclock".
std::optional<rough_time> clock_time(word_span words, size_t at) {
  auto hour = hour_number(words, at);
  if (!hour || is(words, at, "oh"))
    return std::nullopt;
  rough_time out;
  out.hour = hour->value;
  out.end = at + hour->length;
  if (is(words, out.end, "oclock")) {
    ++out.end;
    out.certain = true;
  } else if (is(words, out.end, "oh") || is(words, out.end, "zero")) {
    auto minute = small_number(words, out.end + 1);
    if (!minute || minute->value > 9)
      return std::nullopt;
    out.minute = minute->value;
    out.end += 2;
    // Two numbers in a row may as well be part of a telephone number.
    if (small_number(words, out.end))
      return std::nullopt;
  } else if (auto minute = small_number(words, out.end);
             minute && minute->value >= 10 && minute->value < 60) {
    out.minute = minute->value;
    out.end += minute->length;
    out.certain = minute->value % 5 == 0 && !small_number(words, out.end);
  } else if (minute) {
    return std::nullopt;
  }
  if (at > 0)
    for (std::string_view before : {"at", "around", "about", "by"})
      if (words[at - 1] == before)
        out.certain = true;
  return out;
}

minutes settle(const rough_time& x, const opening_hours& hours,
               std::optional<sys_days> day) {
  auto hour = x.hour % 24;
  auto at = [&](int64_t h) { return minutes{h * 60 + x.minute}; };
  if (x.when == half::morning)
    return at(hour == 12 ? 0 : hour);
  if (x.when == half::afternoon)
    return at(hour < 12 ? hour + 12 : hour);
  if (hour == 0 || hour > 12)
    return at(hour);
  // Open: what the opening hours allow, else what people mean by it.
  auto early = at(hour % 12);
  auto late = at(hour % 12 + 12);
  auto open = [&](minutes t) {
    if (day)
      return hours.open_at(*day, t);
    return std::any_of(hours.week.begin(), hours.week.end(), [&](auto& list) {
      return std::any_of(list.begin(), list.end(),
                         [&](auto& o) { return t >= o.from && t < o.to; });
    });
  };
  if (!hours.unknown() && open(early) != open(late))
    return open(early) ? early : late;
  return hour >= 8 && hour < 12 ? early : late;
}

} // namespace

std::optional<found<minutes>>
find_time(word_span words, bool asked, const opening_hours& hours,
          std::optional<sys_days> day) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "noon" || words[i] == "midday")
      return found<minutes>{minutes{12 * 60}, i, i + 1};
    if (words[i] == "midnight")
      return found<minutes>{minutes{0}, i, i + 1};
    auto rough = relative_time(words, i);
    if (!rough)
      rough = clock_time(words, i);
    if (!rough) {
      // The rest of a longer number is no time of its own.
      while (small_number(words, i) && small_number(words, i + 1))
        ++i;
      continue;
    }
    rough->when = half_of_day(words, rough->end, rough->end);
    // "tomorrow afternoon at two"
    for (auto back = i;
         rough->when == half::open && back-- > 0 && back + 3 > i;)
      if (words[back] == "morning")
        rough->when = half::morning;
      else if (words[back] == "afternoon" || words[back] == "evening")
        rough->when = half::afternoon;
    if (rough->hour > 12 && rough->when != half::open
        && rough->when != half::afternoon)
      continue;
    if (rough->certain || rough->when != half::open || asked)
      return found<minutes>{settle(*rough, hours, day), i, rough->end};
  }
  return std::nullopt;
}

std::string speak_time(minutes time) {
  auto hour = time.count() / 60 % 24;
  auto minute = time.count() % 60;
  if (minute == 0 && hour == 12)
    return "noon";
  if (minute == 0 && hour == 0)
    return "midnight";
  auto out = number_words(hour % 12 == 0 ? 12 : hour % 12);
  if (minute > 0)
    out += (minute < 10 ? " oh " : " ") + number_words(minute);
  if (hour < 12)
    return out + " in the morning";
  return out + (hour < 18 ? " in the afternoon" : " in the evening");
}

std::string speak_openings(const std::vector<opening>& openings) {
  std::string out;
  for (auto& x : openings) {
    if (!out.empty())
      out += " and ";
    out += "from " + speak_time(x.from) + " to " + speak_time(x.to);
  }
  return out;
}

std::string speak_week(const opening_hours& hours) {
  // From Monday on, days with the same hours taken together.
  std::vector<std::string> parts;
  sys_days monday = 2024y / January / 1;
  auto of = [&](int i) {
    return speak_openings(hours.week[weekday{monday + days{i}}.c_encoding()]);
  };
  for (int i = 0; i < 7;) {
    auto last = i;
    while (last + 1 < 7 && of(last + 1) == of(i))
      ++last;
    if (!of(i).empty()) {
      auto part = weekday_name(monday + days{i});
      if (last > i)
        part += (last == i + 1 ? " and " : " to ")
                + weekday_name(monday + days{last});
      parts.push_back(part + " " + of(i));
    }
    i = last + 1;
  }
  std::string out;
  for (size_t i = 0; i < parts.size(); ++i)
    out += (i == 0 ? "" : i + 1 == parts.size() ? ", and " : ", ") + parts[i];
  return out;
}

} // namespace velox::language
