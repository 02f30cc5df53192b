#include "adapters/language/scripted/calendar.hpp"

#include <algorithm>
#include <ctime>

namespace velox::language {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> weekday_names{
  "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

constexpr std::array<std::string_view, 12> month_names{
  "January", "February", "March",     "April",   "May",      "June",
  "July",    "August",   "September", "October", "November", "December"};

template <size_t N>
std::optional<unsigned> name_index(const std::array<std::string_view, N>& names,
                                   word_span words, size_t at) {
  if (at >= words.size())
    return std::nullopt;
  std::string_view word = words[at];
  // "tuesdays", "mondays"
  if (word.size() > 5 && word.back() == 's')
    word.remove_suffix(1);
  for (unsigned i = 0; i < N; ++i)
    if (word.size() == names[i].size() && word.substr(1) == names[i].substr(1)
        && word[0] == names[i][0] + ('a' - 'A'))
      return i;
  return std::nullopt;
}

bool is(word_span words, size_t at, std::string_view word) {
  return at < words.size() && words[at] == word;
}

/// The number of a day within its month, from 1: "fifteenth" or "fifteen".
std::optional<number_found> day_number(word_span words, size_t at) {
  auto n = ordinal(words, at);
  if (!n)
    n = small_number(words, at);
  if (n && n->value >= 1 && n->value <= 31)
    return n;
  return std::nullopt;
}

/// "twenty twenty seven" behind a day and month.
std::optional<number_found> year_number(word_span words, size_t at) {
  auto century = small_number(words, at);
  if (!century || century->value != 20)
    return std::nullopt;
  auto rest = small_number(words, at + century->length);
  if (!rest || rest->value < 10)
    return std::nullopt;
  return number_found{2000 + rest->value, century->length + rest->length};
}

std::optional<sys_days>
resolve(unsigned month_index, int64_t day_of_month,
        std::optional<int64_t> in_year, sys_days today) {
  auto make = [&](year y) -> std::optional<sys_days> {
    year_month_day date{y, month{month_index + 1},
                        day{static_cast<unsigned>(day_of_month)}};
    if (!date.ok())
      return std::nullopt;
    return sys_days{date};
  };
  if (in_year)
    return make(year{static_cast<int>(*in_year)});
  auto this_year = year_month_day{today}.year();
  auto date = make(this_year);
  // What passed a short while ago is a mistake rather than a plan for next
  // year; the caller is told so.
  if (date && *date >= today - days{60})
    return date;
  // The next leap year may be up to eight years away.
  for (int ahead = 1; ahead <= 8; ++ahead)
    if (auto later = make(this_year + years{ahead}))
      return later;
  return std::nullopt;
}

/// "november the twenty fourth", "the twenty fourth of november".
std::optional<found<sys_days>>
day_and_month(word_span words, size_t at, sys_days today) {
  auto next = at;
  std::optional<unsigned> month;
  std::optional<number_found> number;
  if ((month = name_index(month_names, words, at))) {
    next = at + 1;
    if (is(words, next, "the"))
      ++next;
    number = day_number(words, next);
    if (!number)
      return std::nullopt;
    next += number->length;
  } else if ((number = day_number(words, at))) {
    next = at + number->length;
    if (is(words, next, "day"))
      ++next;
    if (is(words, next, "of"))
      ++next;
    month = name_index(month_names, words, next);
    if (!month)
      return std::nullopt;
    ++next;
  } else {
    return std::nullopt;
  }
  std::optional<int64_t> in_year;
  if (auto found_year = year_number(words, next)) {
    in_year = found_year->value;
    next += found_year->length;
  }
  auto date = resolve(*month, number->value, in_year, today);
  if (!date)
    return std::nullopt;
  return found<sys_days>{*date, at, next};
}

/// "the twenty fourth" without a month: the next one, today included.
std::optional<found<sys_days>>
bare_ordinal(word_span words, size_t at, sys_days today) {
  auto number = ordinal(words, at);
  if (!number)
    return std::nullopt;
  // Beside a month it would have been found, if that month had it.
  auto next = at + number->length;
  if ((at > 0 && name_index(month_names, words, at - 1))
      || name_index(month_names, words, next + (is(words, next, "of") ? 1 : 0)))
    return std::nullopt;
  auto date = year_month_day{today};
  auto month = year_month{date.year(), date.month()};
  for (int i = 0; i < 12; ++i, month += months{1}) {
    auto candidate = month / day{static_cast<unsigned>(number->value)};
    if (candidate.ok() && sys_days{candidate} >= today)
      return found<sys_days>{sys_days{candidate}, at, at + number->length};
  }
  return std::nullopt;
}

std::optional<found<sys_days>>
named_weekday(word_span words, size_t at, sys_days today) {
  auto begin = at;
  auto next_week = is(words, at, "next");
  auto last = is(words, at, "last");
  if (next_week || last || is(words, at, "this") || is(words, at, "coming"))
    ++at;
  auto index = name_index(weekday_names, words, at);
  if (!index)
    return std::nullopt;
  auto ahead = (weekday{*index} - weekday{today}).count();
  if (last)
    ahead = ahead == 0 ? -7 : ahead - 7;
  else if (next_week) {
    // The one of the coming week, which begins on Monday.
    auto to_monday = (Monday - weekday{today}).count();
    if (to_monday == 0)
      to_monday = 7;
    ahead = to_monday + (weekday{*index} - Monday).count();
  } else if (ahead == 0) {
    ahead = is(words, begin, "this") ? 0 : 7;
  }
  auto day = today + days{ahead};
  if (is(words, at + 1, "week")) // "tuesday week"
    return found<sys_days>{day + days{7}, begin, at + 2};
  return found<sys_days>{day, begin, at + 1};
}

std::optional<found<sys_days>>
relative_day(word_span words, size_t at, sys_days today) {
  auto say = [&](int ahead, size_t length) {
    return found<sys_days>{today + days{ahead}, at, at + length};
  };
  if (is(words, at, "day") && is(words, at + 1, "after")
      && is(words, at + 2, "tomorrow"))
    return say(2, 3);
  if (is(words, at, "today") || is(words, at, "tonight"))
    return say(0, 1);
  if (is(words, at, "tomorrow"))
    return say(1, 1);
  if (is(words, at, "yesterday"))
    return say(-1, 1);
  if (!is(words, at, "in"))
    return std::nullopt;
  auto count = is(words, at + 1, "a")
                 ? number_found{1, 1}
                 : small_number(words, at + 1).value_or(number_found{});
  if (count.length == 0)
    return std::nullopt;
  auto unit = at + 1 + count.length;
  auto ahead = static_cast<int>(count.value);
  if (is(words, unit, "day") || is(words, unit, "days"))
    return say(ahead, count.length + 2);
  if (is(words, unit, "week") || is(words, unit, "weeks"))
    return say(ahead * 7, count.length + 2);
  return std::nullopt;
}

} // namespace

moment machine_time() {
  auto now = std::time(nullptr);
  std::tm local = {};
  ::localtime_r(&now, &local);
  return {sys_days{year{local.tm_year + 1900}
                   / month{static_cast<unsigned>(local.tm_mon) + 1}
                   / day{static_cast<unsigned>(local.tm_mday)}},
          hours{local.tm_hour} + minutes{local.tm_min}};
}

bool opening_hours::unknown() const {
  return std::all_of(week.begin(), week.end(),
                     [](auto& day) { return day.empty(); });
}

bool opening_hours::open_on(sys_days day) const {
  return unknown()
         || (!week[weekday{day}.c_encoding()].empty()
             && !closed_on.contains(day));
}

bool opening_hours::open_at(sys_days day, minutes time) const {
  if (unknown())
    return true;
  auto& openings = week[weekday{day}.c_encoding()];
  return open_on(day)
         && std::any_of(openings.begin(), openings.end(),
                        [&](auto& x) { return time >= x.from && time < x.to; });
}

std::optional<sys_days> opening_hours::next_open(sys_days day) const {
  for (int i = 1; i <= 366; ++i)
    if (open_on(day + days{i}))
      return day + days{i};
  return std::nullopt;
}

std::optional<found<sys_days>> find_day(word_span words, sys_days today) {
  // The most telling first: "tuesday the twenty fourth of november" is told by
  // its date, "at two on tuesday" by its weekday.
  for (auto rule : {day_and_month, relative_day, named_weekday})
    for (size_t i = 0; i < words.size(); ++i)
      if (auto day = rule(words, i, today)) {
        auto date = day->end;
        if (rule == named_weekday && is(words, date, "the"))
          ++date;
        if (rule == named_weekday)
          if (auto number = bare_ordinal(words, date, today))
            return found<sys_days>{number->value, i, number->end};
        return day;
      }
  for (size_t i = 0; i < words.size(); ++i)
    if (auto day = bare_ordinal(words, i, today))
      return day;
  return std::nullopt;
}

std::string weekday_name(sys_days day) {
  return std::string{weekday_names[weekday{day}.c_encoding()]};
}

std::string speak_day(sys_days day) {
  year_month_day date{day};
  return weekday_name(day) + ", the "
         + ordinal_words(static_cast<unsigned>(date.day())) + " of "
         + std::string{month_names[static_cast<unsigned>(date.month()) - 1]};
}

} // namespace velox::language
