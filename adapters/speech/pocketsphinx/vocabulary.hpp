#pragma once

#include <span>
#include <string_view>

/// What callers of any agent may say: added to every language model.

namespace velox::speech {

/// Short answers, courtesies, times, days and the like, as whole phrases, lower
/// case, without punctuation.
std::span<const std::string_view> everyday_phrases();

/// Given names, likely behind "my name is".
std::span<const std::string_view> first_names();

/// Family names.
std::span<const std::string_view> last_names();

/// "one" to "nine" with "zero" and "oh": spoken one after the other in numbers.
std::span<const std::string_view> digit_words();

/// "ten" to "ninety", "hundred".
std::span<const std::string_view> number_words();

/// "first" to "thirty first" in single words.
std::span<const std::string_view> ordinal_words();

/// "january" to "december".
std::span<const std::string_view> month_names();

/// "monday" to "sunday".
std::span<const std::string_view> day_names();

} // namespace velox::speech
