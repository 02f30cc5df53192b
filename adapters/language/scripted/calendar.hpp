#pragma once

#include "adapters/language/scripted/words.hpp"

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// Days and times of day as people say them.

namespace velox::language {

using std::chrono::minutes;
using std::chrono::sys_days;

/// A minute in the agent's local time.
struct moment {
  sys_days day;
  minutes time{0}; ///< since midnight
};

/// What time it is; tests give their own.
using local_clock = std::function<moment()>;

/// The time of this machine's time zone (TZ).
moment machine_time();

/// A part of a day in which somebody is there; `to` is no longer part of it.
struct opening {
  minutes from{0};
  minutes to{0};
};

/// When a place is open.
struct opening_hours {
  /// From Sunday (0) to Saturday (6).
  std::array<std::vector<opening>, 7> week;
  /// Holidays.
  std::set<sys_days> closed_on;

  /// No hours at all were given: nothing is known, so nothing is refused.
  bool unknown() const;
  bool open_on(sys_days day) const;
  bool open_at(sys_days day, minutes time) const;
  /// The first day behind `day` on which it is open, within a year.
  std::optional<sys_days> next_open(sys_days day) const;
};

/// What was found in words, and which of the words (`begin` to `end`).
template <class T>
struct found {
  T value;
  size_t begin = 0;
  size_t end = 0;
};

/// A day in what was said: "tomorrow", "next tuesday", "the fifteenth of may",
/// "in two weeks". Days without a year are the next to come, unless they have
/// just (in the last 60 days) passed. Days that do not exist ("february
/// thirtieth") are not found.
std::optional<found<sys_days>> find_day(word_span words, sys_days today);

/// A time of day: "two thirty pm", "half past nine", "noon". `asked`: the
/// caller was asked for one, so that a bare "two" is a time as well. What
/// remains open (morning or afternoon) is decided by `hours` on `day`.
std::optional<found<minutes>>
find_time(word_span words, bool asked, const opening_hours& hours,
          std::optional<sys_days> day);

/// "Tuesday".
std::string weekday_name(sys_days day);

/// "Tuesday, the twenty fourth of November".
std::string speak_day(sys_days day);

/// "two thirty in the afternoon", "noon".
std::string speak_time(minutes time);

/// "from nine in the morning to noon and from two ...".
std::string speak_openings(const std::vector<opening>& openings);

/// The whole week: "Monday to Friday from ..., and Saturday from ...".
std::string speak_week(const opening_hours& hours);

} // namespace velox::language
