#include "adapters/speech/flite/voices.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace velox::speech {

namespace {

/// U+00C0 to U+00FF without their accents; × and ÷ as words.
constexpr std::array<const char*, 64> latin1
  = {"A", "A", "A", "A", "A", "A", "AE", "C",
     "E", "E", "E", "E", "I", "I", "I",  "I",
     "D", "N", "O", "O", "O", "O", "O",  " times ",
     "O", "U", "U", "U", "U", "Y", "th", "ss",
     "a", "a", "a", "a", "a", "a", "ae", "c",
     "e", "e", "e", "e", "i", "i", "i",  "i",
     "d", "n", "o", "o", "o", "o", "o",  " divided by ",
     "o", "u", "u", "u", "u", "y", "th", "y"};

/// Reads one UTF-8 sequence and removes it from `text`; U+FFFD if malformed.
char32_t next_character(std::string_view& text) {
  auto lead = static_cast<unsigned char>(text[0]);
  size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  char32_t result = size == 1 ? lead : lead & (0xFFu >> (size + 1));
  bool valid
    = (lead < 0x80 || lead >= 0xC2) && lead < 0xF5 && size <= text.size();
  for (size_t i = 1; valid && i < size; ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    valid = (byte & 0xC0) == 0x80;
    result = (result << 6) | (byte & 0x3F);
  }
  text.remove_prefix(valid ? size : 1);
  return valid ? result : 0xFFFD;
}

/// What to read for a character beyond ASCII.
std::string_view replacement(char32_t c) {
  if (c >= 0xC0 && c <= 0xFF)
    return latin1[c - 0xC0];
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x02BC: return "'";
    case 0x201C:
    case 0x201D:
    case 0xAB:
    case 0xBB: return "\"";
    case 0x2010:
    case 0x2011: return "-";
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2026: return ", ";
    case 0xA3: return " pounds ";
    case 0x20AC: return " euros ";
    case 0xB0: return " degrees ";
    default: return " ";
  }
}

} // namespace

std::string readable_text(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    auto c = next_character(text);
    if (c >= 0x80)
      result += replacement(c);
    else
      result += c < 0x20 || c == 0x7F ? ' ' : static_cast<char>(c);
  }
  // Symbols that flite reads out count as sound, punctuation does not.
  auto has_sound = [](unsigned char c) {
    return std::isalnum(c)
           || std::string_view{"$%&+=@#"}.find(static_cast<char>(c))
                != std::string_view::npos;
  };
  if (std::none_of(result.begin(), result.end(), has_sound))
    result.clear();
  return result;
}

} // namespace velox::speech
