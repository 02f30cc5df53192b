#include "protocol/spoken_numbers.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <unicode/rbnf.h>
#include <unicode/unistr.h>

namespace velox {

namespace {

using rules_ptr = std::unique_ptr<icu::RuleBasedNumberFormat>;

/// ICU's formats are not for several threads at once.
const icu::RuleBasedNumberFormat& rules_of(std::string_view language) {
  thread_local std::map<std::string, rules_ptr, std::less<>> all;
  auto i = all.find(language);
  if (i == all.end()) {
    std::string name{language};
    auto status = U_ZERO_ERROR;
    auto fresh = std::make_unique<icu::RuleBasedNumberFormat>(
      icu::URBNF_SPELLOUT, icu::Locale{name.c_str()}, status);
    if (U_FAILURE(status) != 0)
      throw std::runtime_error("ICU has no number words for \"" + name
                               + "\": is its data (libicu72) installed?");
    i = all.emplace(std::move(name), std::move(fresh)).first;
  }
  return *i->second;
}

/// German compounds come with soft hyphens, for printing.
constexpr char16_t soft_hyphen = 0xad;

} // namespace

number_words::number_words(std::string_view language)
  : language_(language == "es"   ? "es"
              : language == "de" ? "de"
                                 : "en") {}

std::string number_words::spell(uint64_t x, const char* rules) const {
  icu::UnicodeString result;
  icu::FieldPosition ignored;
  auto status = U_ZERO_ERROR;
  rules_of(language_).format(static_cast<int64_t>(x),
                             icu::UnicodeString::fromUTF8(rules), result,
                             ignored, status);
  if (U_FAILURE(status) != 0)
    throw std::logic_error(std::string{"ICU has no rules "} + rules);
  result.findAndReplace(icu::UnicodeString{soft_hyphen}, {});
  std::string utf8;
  return result.toUTF8String(utf8);
}

std::string number_words::cardinal(uint64_t x, number_gender gender) const {
  if (language_ == "en")
    return spell(x, "%spellout-cardinal");
  switch (gender) {
    case number_gender::masculine:
      return spell(x, "%spellout-cardinal-masculine");
    case number_gender::feminine:
      return spell(x, "%spellout-cardinal-feminine");
    case number_gender::none: break;
  }
  return spell(x, "%spellout-numbering");
}

std::string number_words::ordinal(uint64_t x, ordinal_form form) const {
  if (language_ == "es")
    return spell(x, form == ordinal_form::feminine
                      ? "%spellout-ordinal-feminine"
                    : form == ordinal_form::shortened
                      ? "%spellout-ordinal-masculine-adjective"
                      : "%spellout-ordinal-masculine");
  if (language_ == "de" && form == ordinal_form::dative)
    return spell(x, "%spellout-ordinal-n");
  if (language_ == "de" && form == ordinal_form::strong)
    return spell(x, "%spellout-ordinal-r");
  return spell(x, "%spellout-ordinal");
}

std::string number_words::year(uint64_t x) const {
  return spell(x, "%spellout-numbering-year");
}

std::string
number_words::of_digits(std::string_view digits, number_gender gender) const {
  bool code = digits.size() > 1 && digits[0] == '0';
  if (code || digits.size() > longest_number)
    return each(digits);
  return cardinal(value_of(digits), gender);
}

std::string number_words::each(std::string_view digits) const {
  std::string result;
  for (char c : digits) {
    if (!result.empty())
      result += ' ';
    result += cardinal(static_cast<uint64_t>(c - '0'));
  }
  return result;
}

uint64_t value_of(std::string_view digits) {
  uint64_t result = 0;
  for (char c : digits.substr(0, longest_number))
    result = result * 10 + static_cast<uint64_t>(c - '0');
  return result;
}

} // namespace velox
