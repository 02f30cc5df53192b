#include "protocol/spoken_rules.hpp"

#include "protocol/utf8.hpp"

#include <algorithm>
#include <array>

namespace velox {

namespace {

bool is_continuation(char c) {
  return (static_cast<uint8_t>(c) & 0xc0) == 0x80;
}

char32_t decode(std::string_view x) {
  auto lead = static_cast<uint8_t>(x[0]);
  if (x.size() == 1)
    return lead;
  char32_t result = lead & (0xffu >> (x.size() + 1));
  for (char c : x.substr(1))
    result = result << 6 | (static_cast<uint8_t>(c) & 0x3fu);
  return result;
}

bool is_word_character(char32_t c) {
  if (c < 0x80) {
    auto x = static_cast<char>(c);
    return is_ascii_digit(x) || is_ascii_lower(x) || is_ascii_upper(x);
  }
  if (c == 0xaa || c == 0xba || c == 0xb5)
    return false; // ª º µ: written behind a number
  bool punctuation = (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c < 0x3040)
                     || c == 0x964 || c == 0x965 || c == 0xd7 || c == 0xf7;
  return c >= 0xc0 && !punctuation && c < 0x1f000;
}

/// Blanks that a sentence may have inside one number.
constexpr auto wide_blanks
  = std::to_array<std::string_view>({"\u00a0", "\u2009", "\u202f"});

} // namespace

bool is_word_at(std::string_view text, std::size_t at) {
  if (at >= text.size())
    return false;
  auto length = utf8_length(text.substr(at));
  return length > 0 && is_word_character(decode(text.substr(at, length)));
}

bool is_word_before(std::string_view text, std::size_t at) {
  if (at == 0)
    return false;
  --at;
  for (int i = 0; i < 3 && at > 0 && is_continuation(text[at]); ++i)
    --at;
  return is_word_at(text, at);
}

bool text_scan::take(std::string_view literal) {
  if (literal.empty() || !text_.substr(at_).starts_with(literal))
    return false;
  at_ += literal.size();
  return true;
}

bool text_scan::take_word(std::string_view literal) {
  auto before = at_;
  if (take(literal) && word_ends())
    return true;
  at_ = before;
  return false;
}

std::string_view text_scan::digits(std::size_t least, std::size_t most) {
  size_t count = 0;
  while (is_ascii_digit(peek(count)) && count <= most)
    ++count;
  if (count < least || count > most)
    return {};
  auto result = text_.substr(at_, count);
  at_ += count;
  return result;
}

bool text_scan::blanks() {
  auto before = at_;
  for (bool more = true; more;) {
    more = take(" ");
    for (auto x : wide_blanks)
      more = more || take(x);
  }
  return at_ > before;
}

bool text_scan::range_dash() {
  auto before = at_;
  blanks();
  if (take("-") || take("\u2013") || take("\u2014") || take("\u2011")) {
    blanks();
    return true;
  }
  at_ = before;
  return false;
}

std::string text_place::word_before(std::size_t& before) const {
  auto end = before;
  while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == ':'))
    --end;
  auto begin = end;
  while (begin > 0 && is_word_before(text, begin)) {
    --begin;
    while (begin > 0 && is_continuation(text[begin]))
      --begin;
  }
  before = begin;
  std::string result{text.substr(begin, end - begin)};
  std::ranges::transform(result, result.begin(), [](char c) {
    return is_ascii_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

bool is_identifier(const text_place& place) {
  constexpr auto between = std::to_array<std::string_view>(
    {"number", "is", "no", "número", "es", "nummer", "ist", "lautet"});
  auto& ids = place.words.id_words;
  auto at = place.at;
  for (int i = 0; i < 3; ++i) {
    auto word = place.word_before(at);
    if (word.empty())
      return false;
    if (std::ranges::find(ids, word) != ids.end())
      return true;
    if (std::ranges::find(between, word) == between.end())
      return false;
  }
  return false;
}

} // namespace velox
