#pragma once

#include "protocol/spoken_numbers.hpp"

#include <array>
#include <span>
#include <string_view>

/// What English, Spanish and German say for what is written in signs.

namespace velox {

/// One kind of money.
struct currency_words {
  std::string_view sign; ///< "$"; empty: none of its own
  std::string_view code; ///< ISO 4217
  std::string_view one, many;
  std::string_view cent, cents; ///< a hundredth; empty: it has none
  number_gender gender = number_gender::masculine;
};

/// A unit as it is written behind a number.
struct unit_words {
  std::string_view written; ///< case matters: "Mb" and "MB" differ
  std::string_view one, many;
  number_gender gender = number_gender::masculine;
};

/// A multiple behind an amount of money.
struct magnitude_words {
  std::string_view written;
  std::string_view one, many;
};

/// One word for another.
struct word_pair {
  std::string_view written, said;
};

struct spoken_words {
  std::string_view language; ///< primary subtag
  char decimal, group;
  std::string_view point, minus, plus, percent, range, number, extension, about,
    and_, equals, times, star, hash, at, dot, slash, dash, underscore, or_,
    section, version, with;
  std::array<std::string_view, 12> months;
  /// Other spellings of a month: written, then its number as "1" to "12".
  std::span<const word_pair> short_months;
  std::span<const currency_words> currencies;
  std::span<const unit_words> units;
  std::span<const magnitude_words> magnitudes;
  /// Behind these a number is a name: said digit by digit. Lower case.
  std::span<const std::string_view> id_words;
  /// Whole written words that are said in another way, followed by no letter.
  std::span<const word_pair> shorts;
};

/// The words of a language by its primary subtag; null for one whose numbers
/// are left alone.
const spoken_words* spoken_words_of(std::string_view primary);

/// How web and e-mail addresses are read.
struct address_words {
  std::string_view language;
  std::string_view dot, at, slash, dash, underscore;
};

/// The same, for more languages; null for others.
const address_words* address_words_of(std::string_view primary);

} // namespace velox
