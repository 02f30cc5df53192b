#include "protocol/sentence_marks.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace velox {

namespace {

using words = std::string_view;

constexpr auto always_continued = std::to_array<words>(
  {"approx", "asst",   "capt", "cf",  "cmdr", "col", "dept", "dr",
   "e.g",    "est",    "fr",   "gen", "gov",  "hon", "i.e",  "lt",
   "maj",    "messrs", "mr",   "mrs", "ms",   "mt",  "mx",   "prof",
   "rep",    "resp",   "rev",  "sen", "sgt",  "smt", "sr",   "sra",
   "st",     "vs",     "viz",  "z.b", "d.h"});

constexpr auto maybe_final = std::to_array<words>(
  {"a.m",  "apt",  "assn", "ave",  "bldg", "blvd", "bros", "co",
   "corp", "etc",  "ext",  "ft",   "hrs",  "inc",  "jr",   "ltd",
   "min",  "mins", "p.m",  "ph.d", "rd",   "sec",  "tel",  "usw"});

constexpr auto before_number = std::to_array<words>(
  {"apr",  "art", "aug", "ch", "dec", "ext", "feb",  "fig", "jan",
   "jul",  "jun", "mar", "no", "nos", "nov", "nr",   "oct", "p",
   "para", "pg",  "pp",  "rs", "sec", "sep", "sept", "tel", "vol"});

template <size_t N>
bool contains(const std::array<words, N>& list, words word) {
  return std::ranges::find(list, word) != list.end();
}

struct symbol {
  words text;
  mark_role does;
};

constexpr auto symbols = std::to_array<symbol>({
  {"।", mark_role::full_stop},  {"॥", mark_role::full_stop},
  {"。", mark_role::full_stop}, {"｡", mark_role::full_stop},
  {"！", mark_role::full_stop}, {"？", mark_role::full_stop},
  {"؟", mark_role::full_stop},  {"۔", mark_role::full_stop},
  {"။", mark_role::full_stop},  {"។", mark_role::full_stop},
  {"።", mark_role::full_stop},  {"։", mark_role::full_stop},
  {"…", mark_role::ellipsis},   {"”", mark_role::closer},
  {"’", mark_role::closer},     {"»", mark_role::closer},
  {"」", mark_role::closer},    {"』", mark_role::closer},
  {"）", mark_role::closer},    {"】", mark_role::closer},
  {"，", mark_role::long_dash}, {"、", mark_role::long_dash},
  {"；", mark_role::long_dash}, {"،", mark_role::clause},
  {"؛", mark_role::clause},     {"—", mark_role::long_dash},
  {"–", mark_role::short_dash},
});

} // namespace

mark_role role_of(std::string_view character) {
  if (character.size() > 1) {
    auto found = std::ranges::find(symbols, character, &symbol::text);
    return found == symbols.end() ? mark_role::none : found->does;
  }
  switch (character[0]) {
    case '.': return mark_role::stop;
    case '!':
    case '?': return mark_role::exclaim;
    case ',':
    case ';': return mark_role::clause;
    case '-': return mark_role::short_dash;
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
    case '*':
    case '_': return mark_role::closer;
    case '\n':
    case '\r': return mark_role::line_break;
    default: return mark_role::none;
  }
}

abbreviation abbreviation_of(std::string_view word) {
  std::string small{word};
  for (char& c : small)
    if (is_ascii_upper(c))
      c = static_cast<char>(c - 'A' + 'a');
  if (contains(always_continued, small))
    return abbreviation::continued;
  bool counted = contains(before_number, small);
  if (contains(maybe_final, small))
    return counted ? abbreviation::both : abbreviation::maybe_final;
  return counted ? abbreviation::before_number : abbreviation::none;
}

bool is_initials(std::string_view word) {
  if (word.size() == 1)
    return is_ascii_upper(word[0]);
  if (word.size() % 2 == 0)
    return false;
  for (size_t i = 0; i < word.size(); ++i) {
    bool letter = is_ascii_upper(word[i]) || is_ascii_lower(word[i]);
    if (i % 2 == 0 ? !letter : word[i] != '.')
      return false;
  }
  return true;
}

} // namespace velox
