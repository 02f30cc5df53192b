#include "adapters/speech/synthesizers/text.hpp"

#include "protocol/utf8.hpp"

#include <algorithm>
#include <array>

namespace velox::speech {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

/// What of Unicode beyond ASCII has no sound: spaces, punctuation, arrows and
/// drawings, emoji, marks that change the character before them. Coarse: a
/// vendor copes with a rare sign that has none.
constexpr auto silent = std::to_array<range>({
  {0x80, 0xA1},     {0xA6, 0xA8},       {0xAB, 0xAD},        {0xAF, 0xAF},
  {0xB4, 0xB4},     {0xB6, 0xB8},       {0xBB, 0xBB},        {0xBF, 0xBF},
  {0x0300, 0x036F}, {0x060C, 0x060C},   {0x061B, 0x061F},    {0x0964, 0x0965},
  {0x2000, 0x2070}, {0x2190, 0x245F},   {0x2500, 0x2BFF},    {0x3000, 0x3004},
  {0x3008, 0x3020}, {0xFE00, 0xFE6F},   {0xFF01, 0xFF03},    {0xFF07, 0xFF0A},
  {0xFF0C, 0xFF0F}, {0xFF1A, 0xFF1B},   {0xFF1F, 0xFF1F},    {0xFF5B, 0xFF65},
  {0xFFF0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
});

bool sounds(char32_t c) {
  if (c < 0x80) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool sign = std::u32string_view{U"$%&+=@#"}.find(c) != std::u32string::npos;
    return letter || sign || (c >= '0' && c <= '9');
  }
  return std::none_of(silent.begin(), silent.end(), [c](const range& x) {
    return c >= x.first && c <= x.last;
  });
}

char32_t decode(std::string_view character) {
  auto lead = static_cast<uint8_t>(character[0]);
  if (character.size() == 1)
    return lead;
  char32_t result = lead & (0xFFu >> (character.size() + 1));
  for (char c : character.substr(1))
    result = result << 6 | (static_cast<uint8_t>(c) & 0x3Fu);
  return result;
}

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// Where to cut `text` so that at most `limit` comes before; its size when it
/// need not be cut.
size_t cut_of(std::string_view text, const text_limit& limit) {
  size_t at = 0;
  size_t used = 0;
  size_t sentence = 0; ///< behind the last full stop
  size_t space = 0;    ///< behind the last space
  while (at < text.size()) {
    auto length = std::max<size_t>(utf8_length(text.substr(at)), 1);
    used += limit.bytes ? length : 1;
    if (used > limit.most)
      return sentence > 0 ? sentence : space > 0 ? space : std::max(at, length);
    auto character = text.substr(at, length);
    at += length;
    if (is_space(character[0]))
      space = at;
    bool danda = character == "\u0964";
    bool stop = character == "." || character == "!" || character == "?";
    if (danda || (stop && at < text.size() && is_space(text[at])))
      sentence = at;
  }
  return text.size();
}

std::string_view trimmed(std::string_view x) {
  while (!x.empty() && is_space(x.front()))
    x.remove_prefix(1);
  while (!x.empty() && is_space(x.back()))
    x.remove_suffix(1);
  return x;
}

} // namespace

bool has_sound(std::string_view text) {
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length > 0 && sounds(decode(text.substr(0, length))))
      return true;
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return false;
}

std::vector<std::string>
split_text(std::string_view text, const text_limit& limit) {
  std::vector<std::string> result;
  text = trimmed(text);
  while (!text.empty()) {
    auto cut = cut_of(text, limit);
    if (auto part = trimmed(text.substr(0, cut)); !part.empty())
      result.emplace_back(part);
    text = trimmed(text.substr(cut));
  }
  return result;
}

} // namespace velox::speech
