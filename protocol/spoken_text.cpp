#include "protocol/spoken_text.hpp"

#include "protocol/sentence_marks.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace velox {

namespace {

/// The rest has to wait for more text.
constexpr size_t wait = 0;

/// How long a line of dashes may be until it is taken for text.
constexpr size_t longest_rule = 80;

bool is_line_break(char c) {
  return c == '\n' || c == '\r';
}

bool is_blank(char c) {
  return is_ascii_space(c);
}

/// Letters and digits of any script; bytes beyond ASCII count as such.
bool is_word(char c) {
  return is_ascii_digit(c) || is_ascii_lower(c) || is_ascii_upper(c)
         || static_cast<uint8_t>(c) >= 0x80;
}

char32_t code_point(std::string_view x) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(x[i]); };
  switch (x.size()) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
    case 3:
      return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6
             | (byte(2) & 0x3fu);
    default:
      return (byte(0) & 0x07u) << 18 | (byte(1) & 0x3fu) << 12
             | (byte(2) & 0x3fu) << 6 | (byte(3) & 0x3fu);
  }
}

/// Pictures, and signs that are drawn like them (Unicode, emoji-data).
bool is_emoji(char32_t c) {
  return (c >= 0x1f000 && c <= 0x1faff) || (c >= 0x2600 && c <= 0x27bf)
         || (c >= 0x2b05 && c <= 0x2b55) || (c >= 0x23e9 && c <= 0x23fa)
         || c == 0x231a || c == 0x231b || (c >= 0xe0020 && c <= 0xe007f)
         || c == 0xfe0f || c == 0xfe0e || c == 0x20e3;
}

/// Ties emoji to one picture; in Indian scripts it is part of the spelling.
constexpr char32_t joiner = 0x200d;

} // namespace

void spoken_text::push(std::string_view bytes, std::string& out) {
  waiting_ += bytes;
  run(false, out);
}

void spoken_text::flush(std::string& out) {
  run(true, out);
  *this = {};
}

void spoken_text::run(bool at_end, std::string& out) {
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    size_t taken = step(rest, at_end, out);
    if (taken == wait)
      break;
    last_ = rest[taken - 1];
    rest.remove_prefix(taken);
  }
  waiting_.erase(0, waiting_.size() - rest.size());
}

/// Deals with what `rest` begins with and returns how much that was.
size_t spoken_text::step(std::string_view rest, bool at_end, std::string& out) {
  char c = rest[0];
  if (line_start_ && std::string_view{"#-+>*="}.find(c) != rest.npos) {
    auto taken = line_mark(rest, at_end);
    if (taken != rest.npos) {
      dropped_ |= taken != wait;
      return taken;
    }
  }
  if (c == '*' || c == '_' || c == '~')
    return emphasis(rest, at_end, out);
  if (c == '`') {
    dropped_ = true;
    return 1;
  }
  if (static_cast<uint8_t>(c) < 0x80) {
    put(rest.substr(0, 1), out);
    return 1;
  }
  size_t length = utf8_length(rest);
  if (length == 0) {
    auto lead = static_cast<uint8_t>(c);
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    if (!at_end && rest.size() < wanted)
      return wait;
    put(rest.substr(0, 1), out); // no UTF-8: not ours to judge
    return 1;
  }
  auto character = rest.substr(0, length);
  auto point = code_point(character);
  bool bullet = line_start_ && (point == 0x2022 || point == 0x2023);
  if (is_emoji(point) || bullet || (point == joiner && dropped_)) {
    dropped_ = true;
    return length;
  }
  put(character, out);
  return length;
}

/// The mark at the beginning of a line: its length with the blanks behind it,
/// `npos` when it is none.
size_t spoken_text::line_mark(std::string_view rest, bool at_end) {
  char c = rest[0];
  auto same = std::min(rest.find_first_not_of(c), rest.size());
  if (same > longest_rule)
    return rest.npos;
  if (same == rest.size() && !at_end)
    return wait;
  char next = same < rest.size() ? rest[same] : '\n';
  bool rule = same >= 3 && is_line_break(next)
              && std::string_view{"-*="}.find(c) != rest.npos;
  bool heading = c == '#' && same <= 6 && next == ' ';
  bool item = c != '#' && c != '=' && same == 1 && next == ' ';
  if (rule)
    return same;
  return heading || item ? std::min(same + 1, rest.size()) : rest.npos;
}

/// A run of stars, underscores or tildes.
size_t
spoken_text::emphasis(std::string_view rest, bool at_end, std::string& out) {
  char c = rest[0];
  auto same = std::min(rest.find_first_not_of(c), rest.size());
  if (same > longest_rule) {
    put(rest.substr(0, 1), out);
    return 1;
  }
  if (same == rest.size() && !at_end)
    return wait;
  char next = same < rest.size() ? rest[same] : '\n';
  bool open = !is_blank(next);
  bool close = !is_blank(last_);
  bool mark = open || close || (c == '*' && same > 1);
  if (c == '*' && same == 1)
    mark = (open && !is_ascii_digit(next) && is_word(next))
           || (close && !(is_ascii_digit(last_) && is_ascii_digit(next)));
  else if (c == '~')
    mark = (open || close) && same == 2;
  else if (c == '_') {
    // Within a word or an address it is a letter.
    bool begins = !is_word(last_) && is_word(next);
    bool ends = underlined_ && close && !is_word(next);
    mark = begins || ends;
    underlined_ = begins || (underlined_ && !ends);
  }
  if (mark)
    dropped_ = true;
  else
    put(rest.substr(0, same), out);
  return same;
}

void spoken_text::put(std::string_view text, std::string& out) {
  // The blanks on both sides of what was dropped are one.
  bool doubled = dropped_ && text == " " && is_blank(put_);
  if (text != " ")
    dropped_ = false;
  if (!doubled) {
    out += text;
    put_ = text.back();
  }
  // Blanks in front of a bullet are its indentation.
  line_start_
    = is_line_break(text[0]) || (line_start_ && (text == " " || text == "\t"));
}

} // namespace velox
