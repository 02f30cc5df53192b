#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers as words, by the spellout rules of ICU (Unicode CLDR, RBNF).

namespace velox {

/// The most digits of a number that is said as one; longer ones are said digit
/// by digit.
inline constexpr std::size_t longest_number = 15;

/// How a number agrees with what it counts.
enum class number_gender : uint8_t { none, masculine, feminine };

/// What an ordinal of an inflected language ends in.
enum class ordinal_form : uint8_t {
  plain,     ///< "twenty-first", "vigésimo primero", "einundzwanzigste"
  dative,    ///< German behind "am": "einundzwanzigsten"
  strong,    ///< German without an article: "einundzwanzigster"
  feminine,  ///< Spanish: "vigésima primera"
  shortened, ///< Spanish in front of a noun: "primer"
};

/// The number words of one language: "en", "es" or "de", the primary subtag.
/// Cheap to make. The rules behind it are loaded once per thread and language:
/// half a millisecond.
class number_words {
public:
  explicit number_words(std::string_view language);

  std::string
  cardinal(uint64_t x, number_gender gender = number_gender::none) const;
  std::string
  ordinal(uint64_t x, ordinal_form form = ordinal_form::plain) const;
  std::string year(uint64_t x) const;

  /// A number as its ASCII digits: a cardinal, or digit by digit when it is too
  /// long or begins with a zero.
  std::string of_digits(std::string_view digits,
                        number_gender gender = number_gender::none) const;

  /// Digit by digit, one word each.
  std::string each(std::string_view digits) const;

private:
  std::string spell(uint64_t x, const char* rules) const;

  std::string_view language_;
};

/// The value of at most `longest_number` ASCII digits.
uint64_t value_of(std::string_view digits);

} // namespace velox
