#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What the marks and words around a possible end of a sentence mean.

namespace velox {

/// What a character does to a sentence.
enum class mark_role : uint8_t {
  none,
  stop,       ///< . and only with white space behind it
  exclaim,    ///< ! ? likewise
  ellipsis,   ///< the one character
  full_stop,  ///< an end in itself: danda and the stops of scripts without case
  closer,     ///< quotes and brackets that belong to what they close
  clause,     ///< , ; likewise with white space behind
  long_dash,  ///< a clause in itself
  short_dash, ///< a clause with white space on both sides
  line_break, ///< an end in itself
};

/// The role of one UTF-8 character.
mark_role role_of(std::string_view character);

/// What a stop behind a word can be.
enum class abbreviation : uint8_t {
  none,
  continued,     ///< something always follows: "Dr."
  maybe_final,   ///< the case of the next word decides: "p.m."
  before_number, ///< only in front of a number: "No. 5", but "No. We do not"
  both,          ///< maybe final, and in front of a number: "ext."
};

/// What `word` (any case, without its last stop) is an abbreviation of.
abbreviation abbreviation_of(std::string_view word);

/// "J", "J.R.R", "U.S", "a.k.a": single letters between stops, capital if
/// there is one only.
bool is_initials(std::string_view word);

constexpr bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_ascii_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_ascii_lower(char c) {
  return c >= 'a' && c <= 'z';
}

constexpr bool is_ascii_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
         || c == '\v';
}

} // namespace velox
