#include "protocol/spoken_rules.hpp"

#include <algorithm>

/// Dates and times of day.

namespace velox {

namespace {

struct written_date {
  uint64_t day = 0, month = 0;
  std::string year{}; ///< its digits; empty: none is written
};

bool is_valid(const written_date& x) {
  return x.day >= 1 && x.day <= 31 && x.month >= 1 && x.month <= 12;
}

/// A year of two digits is of this century until 69 (POSIX, strptime).
std::string say_year(const text_place& place, std::string_view digits) {
  auto value = value_of(digits);
  if (digits.size() == 2)
    value += value < 69 ? 2000 : 1900;
  return place.numbers.year(value);
}

/// The German ending depends on the article.
ordinal_form german_form(const text_place& place) {
  auto at = place.at;
  auto word = place.word_before(at);
  if (word == "der" || word == "die" || word == "das")
    return ordinal_form::plain;
  constexpr auto dative = std::to_array<std::string_view>(
    {"am", "vom", "zum", "den", "dem", "bis", "ab", "seit", "des"});
  return std::ranges::find(dative, word) != dative.end() ? ordinal_form::dative
                                                         : ordinal_form::strong;
}

std::string say_date(const text_place& place, const written_date& x) {
  std::string month{place.words.months[x.month - 1]};
  auto& numbers = place.numbers;
  if (place.in("es")) {
    auto result = numbers.cardinal(x.day) + " de " + month;
    return x.year.empty() ? result : result + " de " + say_year(place, x.year);
  }
  if (place.in("de")) {
    auto result = numbers.ordinal(x.day, german_form(place)) + " " + month;
    return x.year.empty() ? result : result + " " + say_year(place, x.year);
  }
  auto result = month + " " + numbers.ordinal(x.day);
  return x.year.empty() ? result : result + ", " + say_year(place, x.year);
}

/// A month by its name; 0 when there is none. A short one may have a stop.
uint64_t take_month(text_scan& scan, const spoken_words& words) {
  for (size_t i = 0; i < words.months.size(); ++i)
    if (scan.take_word(words.months[i]))
      return i + 1;
  for (auto& x : words.short_months)
    if (scan.take_word(x.written)) {
      auto stop = scan;
      if (stop.take(".") && stop.blanks()
          && (is_ascii_digit(stop.peek()) || stop.take("de ")))
        scan.take(".");
      return value_of(x.said);
    }
  return 0;
}

/// A day behind "on": 12/01 without a year.
bool day_is_meant(const text_place& place) {
  constexpr auto before = std::to_array<std::string_view>(
    {"on", "until", "before", "el", "del", "al"});
  auto at = place.at;
  auto word = place.word_before(at);
  return std::ranges::find(before, word) != before.end();
}

/// 2026-11-21, 11/21/2026, 21.11.2026, 21-11-2026.
spoken_result numeric_date(const text_place& place) {
  auto scan = place.scan();
  written_date x;
  if (auto year = scan.digits(4, 4); !year.empty() && scan.take("-")) {
    x.year = year;
    x.month = value_of(scan.digits(2, 2));
    if (!scan.take("-"))
      return std::nullopt;
    x.day = value_of(scan.digits(2, 2));
  } else {
    scan.back_to(place.at);
    auto first = scan.digits(1, 2);
    char mark = scan.peek();
    if (first.empty() || (mark != '/' && mark != '.' && mark != '-'))
      return std::nullopt;
    scan.take({&mark, 1});
    auto second = scan.digits(1, 2);
    if (second.empty()
        || (!scan.take({&mark, 1}) && !(mark == '/' && day_is_meant(place))))
      return std::nullopt;
    x.year = scan.digits(4, 4);
    if (x.year.empty() && mark == '/')
      x.year = scan.digits(2, 2);
    // Without a year it needs both stops of a German date, or "on".
    if (x.year.empty() && !(mark == '.' && place.in("de"))
        && !(mark == '/' && day_is_meant(place)))
      return std::nullopt;
    x.day = value_of(first);
    x.month = value_of(second);
    bool swapped = place.month_first && mark == '/';
    if (swapped || x.month > 12)
      std::swap(x.day, x.month);
    if (!is_valid(x))
      std::swap(x.day, x.month);
  }
  if (!is_valid(x) || !scan.word_ends() || scan.peek() == '/')
    return std::nullopt;
  auto said = say_date(place, x);
  // The stop of "am 21.11." may end the sentence, too.
  if (x.year.empty() && scan.peek() == 0 && place.text[scan.at() - 1] == '.')
    said += '.';
  return spoken_reading{scan.at(), std::move(said)};
}

std::string take_year(text_scan& scan, std::string_view between) {
  auto before = scan.at();
  bool joined
    = between == " " ? (scan.take(","), scan.blanks()) : scan.take(between);
  auto year = joined ? scan.digits(4, 4) : std::string_view{};
  bool is_time = scan.peek() == ':';
  if (!year.empty() && scan.word_ends() && !is_time && value_of(year) >= 1000)
    return std::string{year};
  scan.back_to(before);
  return {};
}

/// Nov 21, 2026.
spoken_result month_and_day(const text_place& place) {
  auto scan = place.scan();
  written_date x;
  x.month = take_month(scan, place.words);
  if (x.month == 0 || !scan.blanks())
    return std::nullopt;
  auto day_at = scan.at();
  x.day = value_of(scan.digits(1, 2));
  if (x.day == 0) { // "Dec. 2026"
    scan.back_to(day_at);
    auto year = scan.digits(4, 4);
    if (year.empty() || !scan.word_ends())
      return std::nullopt;
    return spoken_reading{scan.at(),
                          std::string{place.words.months[x.month - 1]} + " "
                            + say_year(place, year)};
  }
  for (auto* suffix : {"st", "nd", "rd", "th"})
    if (scan.take_word(suffix))
      break;
  bool is_time = scan.peek() == ':' || scan.peek() == '%';
  if (!is_valid(x) || !scan.word_ends() || is_time)
    return std::nullopt;
  x.year = take_year(scan, " ");
  return spoken_reading{scan.at(), say_date(place, x)};
}

/// 21 Nov 2026, 21 de noviembre de 2026, 21. November 2026.
spoken_result day_and_month(const text_place& place) {
  auto scan = place.scan();
  written_date x;
  x.day = value_of(scan.digits(1, 2));
  bool joined = false;
  if (place.in("es"))
    joined = scan.take(" de ");
  else if (place.in("de"))
    joined = scan.take(".") && (scan.blanks(), true);
  else {
    for (auto* suffix : {"st", "nd", "rd", "th"})
      if (scan.take_word(suffix))
        break;
    joined = scan.blanks();
    scan.take("of ");
  }
  if (!joined)
    return std::nullopt;
  x.month = take_month(scan, place.words);
  if (!is_valid(x))
    return std::nullopt;
  if (place.in("es")) {
    x.year = take_year(scan, " de ");
    if (x.year.empty())
      x.year = take_year(scan, " del ");
  } else {
    x.year = take_year(scan, " ");
  }
  if (!place.in("en"))
    return spoken_reading{scan.at(), say_date(place, x)};
  auto at = place.at;
  auto article = place.word_before(at) == "the" ? "" : "the ";
  auto said = article + place.numbers.ordinal(x.day) + " of "
              + std::string{place.words.months[x.month - 1]};
  if (!x.year.empty())
    said += " " + say_year(place, x.year);
  return spoken_reading{scan.at(), std::move(said)};
}

// -- times of day

enum class half : uint8_t { none, am, pm };

struct written_time {
  uint64_t hour = 0, minute = 0;
  bool minutes = false; ///< are written
  half of_day = half::none;
  bool clock = false; ///< "Uhr", "h"
  bool stop = false;  ///< what it ends with may end the sentence, too
};

half take_half(text_scan& scan, bool& stop) {
  auto before = scan.at();
  scan.blanks();
  for (auto* x : {"am", "AM", "Am", "a.m.", "A.M.", "a. m.", "pm", "PM", "Pm",
                  "p.m.", "P.M.", "p. m."})
    if (scan.take_word(x)) {
      stop = std::string_view{x}.ends_with('.');
      return x[0] == 'a' || x[0] == 'A' ? half::am : half::pm;
    }
  scan.back_to(before);
  return half::none;
}

/// Takes "8:30 am", "8 a.m.", "14:00", "14 Uhr".
std::optional<written_time>
take_time(text_scan& scan, const text_place& place) {
  written_time x;
  auto hour = scan.digits(1, 2);
  if (hour.empty())
    return std::nullopt;
  x.hour = value_of(hour);
  auto ahead = scan;
  if (ahead.take(":") || (place.in("de") && ahead.take("."))) {
    auto minute = ahead.digits(2, 2);
    auto after = ahead;
    // 8.30 is a time only in front of "Uhr".
    bool meant = scan.peek() == ':' || (after.blanks(), after.take("Uhr"));
    auto seconds = ahead;
    if (seconds.take(":") && seconds.digits(2, 2).size() == 2)
      ahead = seconds; // nobody says them
    if (minute.size() == 2 && meant && ahead.peek() != ':') {
      scan = ahead;
      x.minute = value_of(minute);
      x.minutes = true;
    } else if (scan.peek() == ':') {
      return std::nullopt;
    }
  }
  x.of_day = take_half(scan, x.stop);
  ahead = scan;
  ahead.blanks();
  if ((place.in("de") && ahead.take_word("Uhr"))
      || (place.in("es") && x.minutes && ahead.take_word("h"))) {
    x.clock = true;
    scan = ahead;
  }
  bool possible = x.minute < 60 && x.hour <= (x.of_day == half::none ? 24 : 12);
  bool known = x.minutes || x.clock || x.of_day != half::none;
  if (!possible || !known || !scan.word_ends())
    return std::nullopt;
  return x;
}

std::string english_time(const text_place& place, written_time x) {
  if (x.of_day == half::none && (x.hour > 12 || x.hour == 0))
    x.of_day = x.hour == 0 || x.hour == 24 ? half::am : half::pm;
  auto hour = x.hour % 12 == 0 ? 12 : x.hour % 12;
  auto result = place.numbers.cardinal(hour);
  if (x.minute > 0)
    result += (x.minute < 10 ? " oh " : " ") + place.numbers.cardinal(x.minute);
  if (x.of_day == half::none)
    return x.minute == 0 && x.minutes ? result + " o'clock" : result;
  // Apart, so that no voice says "am".
  return result + (x.of_day == half::am ? " A M" : " P M");
}

std::string spanish_time(const text_place& place, const written_time& x) {
  auto result = place.numbers.cardinal(x.hour, number_gender::feminine);
  if (x.minute > 0)
    result += " y " + place.numbers.cardinal(x.minute);
  else if (x.of_day == half::none && x.hour > 12)
    result += " horas";
  if (x.of_day == half::am)
    result += " de la mañana";
  else if (x.of_day == half::pm)
    result += x.hour == 12 ? " del mediodía"
              : x.hour < 8 ? " de la tarde"
                           : " de la noche";
  return result;
}

std::string german_time(const text_place& place, const written_time& x) {
  auto result
    = place.numbers.cardinal(x.hour, number_gender::masculine) + " Uhr";
  if (x.minute > 0)
    result += " " + place.numbers.cardinal(x.minute);
  return result;
}

std::string say_time(const text_place& place, const written_time& x) {
  if (place.in("en"))
    return english_time(place, x);
  return place.in("es") ? spanish_time(place, x) : german_time(place, x);
}

} // namespace

spoken_result read_date(const text_place& place) {
  if (!is_ascii_digit(place.scan().peek()))
    return place.in("en") ? month_and_day(place) : std::nullopt;
  if (auto result = numeric_date(place))
    return result;
  return day_and_month(place);
}

spoken_result read_time(const text_place& place) {
  auto scan = place.scan();
  auto first = take_time(scan, place);
  auto end_of = [&](const written_time& x, size_t end, std::string said) {
    if (x.stop && end == place.text.size())
      said += '.';
    return spoken_reading{end, std::move(said)};
  };
  auto ahead = scan;
  bool hour_only = false;
  written_time from;
  if (first) {
    from = *first;
  } else { // "8-10am"
    ahead = place.scan();
    auto hour = ahead.digits(1, 2);
    hour_only = !hour.empty() && value_of(hour) <= 24;
    from.hour = value_of(hour);
  }
  if ((first || hour_only) && ahead.range_dash())
    if (auto to = take_time(ahead, place)) {
      bool bare = to->of_day != half::none && from.of_day == half::none;
      auto said = !bare && first ? say_time(place, from)
                  : place.in("en") && from.minutes && from.minute > 0
                    ? english_time(place, from)
                    : place.numbers.cardinal(from.hour);
      return end_of(*to, ahead.at(),
                    said + " " + std::string{place.words.range} + " "
                      + say_time(place, *to));
    }
  if (!first)
    return std::nullopt;
  return end_of(*first, scan.at(), say_time(place, *first));
}

} // namespace velox
