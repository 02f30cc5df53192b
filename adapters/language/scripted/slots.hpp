#pragma once

#include "adapters/language/scripted/agent_file.hpp"

#include <optional>
#include <string>

/// Slot values: found in what callers say, kept as text, spoken.

namespace velox::language {

/// What is needed to understand a value.
struct slot_context {
  sys_days today;
  const opening_hours* hours = nullptr;
  /// The day that the same request is about, for times.
  std::optional<sys_days> day;
  /// The caller was asked for this slot: everything said may be the value.
  bool asked = false;
};

/// The value of kind `type` in `words`, in the form in which it is kept: dates
/// "2026-11-24", times "14:30", phone numbers and numbers as digits, yes_no
/// "yes" or "no", names and texts in words. `words` loses what was used up.
std::optional<std::string>
take_value(slot_type type, word_list& words, const slot_context& context);

/// A kept value as it is said: "Tuesday, the twenty fourth of November".
std::string speak_value(slot_type type, const std::string& value);

/// Back from the kept form; nothing when it is none.
std::optional<sys_days> kept_day(const std::string& value);
std::optional<minutes> kept_time(const std::string& value);

/// What helps a caller who does not know how to answer.
std::string default_hint(slot_type type);

} // namespace velox::language
