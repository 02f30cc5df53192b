#include "protocol/sentence_piece.hpp"

#include "protocol/sentence_splitter.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>

namespace velox {

namespace {

using words = std::string_view;
using verdict = sentence_piece::verdict;

/// From this length on any sentence is cut at a clause, and from the second on
/// at any space: nobody speaks, or waits for, longer ones.
constexpr size_t clause_limit = 200;
constexpr size_t word_limit = 400;

bool is_line_break(char c) {
  return c == '\n' || c == '\r';
}

} // namespace

/// Length of the character at `i`; 0 when its rest has not arrived.
size_t sentence_piece::length(size_t i) const {
  if (size_t known = utf8_length(text_.substr(i)))
    return known;
  // Wait for the rest of a character that is cut off, but not for garbage.
  auto lead = static_cast<uint8_t>(text_[i]);
  size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  return !at_end_ && i + wanted > text_.size() ? 0 : 1;
}

/// May the text be cut at the character at `i`? Then `end` is behind the
/// piece.
verdict sentence_piece::judge(size_t i, size_t& end) const {
  end = i + length(i);
  switch (role_of(text_.substr(i, end - i))) {
    case mark_role::line_break:
      end = i;
      return spoken(i) ? verdict::cut : verdict::keep;
    case mark_role::stop: return after_stop(i, end);
    case mark_role::exclaim: return after_exclaim(end);
    case mark_role::ellipsis: return after_ellipsis(end);
    case mark_role::full_stop: return after_full_stop(end);
    case mark_role::clause: return after_clause(end);
    case mark_role::long_dash: return after_long_dash(end);
    case mark_role::short_dash:
      return i > 0 && is_ascii_space(text_[i - 1]) ? after_clause(end)
                                                   : verdict::keep;
    case mark_role::none:
    case mark_role::closer: return after_word(i, end);
  }
  return verdict::keep;
}

/// Something in front of `end` can be spoken.
bool sentence_piece::spoken(size_t end) const {
  return std::ranges::any_of(text_.substr(0, end), [](char c) {
    return is_ascii_digit(c) || is_ascii_lower(c) || is_ascii_upper(c)
           || static_cast<unsigned char>(c) >= 0x80;
  });
}

/// The next character in or behind white space from `i` on; `arrived` says
/// whether there is one. At the end of the text there is none, but no more
/// waiting either.
char sentence_piece::next_visible(size_t i, bool& arrived) const {
  while (i < text_.size() && is_ascii_space(text_[i]))
    ++i;
  arrived = i < text_.size() || at_end_;
  return i < text_.size() ? text_[i] : '\0';
}

/// Steps over further stops and over closers. False when more may come.
bool sentence_piece::skip_tail(size_t& end, size_t& stops, bool& closed) const {
  while (end < text_.size()) {
    size_t size = length(end);
    if (size == 0)
      return false;
    auto next = role_of(text_.substr(end, size));
    bool stop = next == mark_role::stop || next == mark_role::exclaim
                || next == mark_role::ellipsis || next == mark_role::full_stop;
    if (!stop && next != mark_role::closer)
      return true;
    stops += stop ? 1 : 0;
    closed |= next == mark_role::closer;
    end += size;
  }
  return at_end_;
}

/// White space, the end of the text or a line break must follow at `end`.
verdict sentence_piece::at_space(size_t end) const {
  if (end == text_.size())
    return at_end_ ? verdict::cut : verdict::wait;
  return is_ascii_space(text_[end]) && spoken(end) ? verdict::cut
                                                   : verdict::keep;
}

/// Cuts unless a small letter goes on behind `end`.
verdict sentence_piece::unless_lower(size_t end) const {
  if (auto result = at_space(end); result != verdict::cut)
    return result;
  bool arrived = false;
  char next = next_visible(end, arrived);
  if (broken_line(end))
    return verdict::cut;
  if (!arrived)
    return verdict::wait;
  return is_ascii_lower(next) ? verdict::keep : verdict::cut;
}

/// A line break is in the white space at `end`.
bool sentence_piece::broken_line(size_t end) const {
  for (; end < text_.size() && is_ascii_space(text_[end]); ++end)
    if (is_line_break(text_[end]))
      return true;
  return false;
}

verdict sentence_piece::after_stop(size_t i, size_t& end) const {
  // The last of three dots is no lone stop either.
  size_t stops = i > 0 && text_[i - 1] == '.' ? 2 : 1;
  bool closed = false;
  if (!skip_tail(end, stops, closed))
    return verdict::wait;
  if (stops > 1 || closed)
    return unless_lower(end);
  if (auto result = at_space(end); result != verdict::cut)
    return result;
  // At a line break or the end of the text nothing can follow.
  if (end == text_.size() || broken_line(end))
    return verdict::cut;
  return after_single_stop(i, end);
}

/// A lone stop, with white space behind it at `end`.
verdict sentence_piece::after_single_stop(size_t i, size_t end) const {
  auto word = word_before(i);
  auto kind = abbreviation_of(word);
  if (kind == abbreviation::continued)
    return verdict::keep;
  bool arrived = false;
  char next = next_visible(end, arrived);
  bool final = kind == abbreviation::maybe_final || kind == abbreviation::both;
  bool counted = kind == abbreviation::before_number
                 || kind == abbreviation::both
                 || (!word.empty() && is_ascii_digit(word.back()));
  if (counted && is_list_number(i))
    return verdict::keep;
  if (final || counted) {
    if (!arrived)
      return verdict::wait;
    if (counted && is_ascii_digit(next))
      return verdict::keep;
    return final && !is_ascii_upper(next) && next != '\0' ? verdict::keep
                                                          : verdict::cut;
  }
  return is_initials(word) ? verdict::keep : verdict::cut;
}

verdict sentence_piece::after_exclaim(size_t& end) const {
  size_t stops = 1;
  bool closed = false;
  if (!skip_tail(end, stops, closed))
    return verdict::wait;
  // "Really?" she said.
  return closed ? unless_lower(end) : at_space(end);
}

verdict sentence_piece::after_ellipsis(size_t& end) const {
  size_t stops = 2;
  bool closed = false;
  if (!skip_tail(end, stops, closed))
    return verdict::wait;
  return unless_lower(end);
}

verdict sentence_piece::after_full_stop(size_t& end) const {
  size_t stops = 1;
  bool closed = false;
  if (!skip_tail(end, stops, closed))
    return verdict::wait;
  if (end == text_.size() && !at_end_)
    return verdict::wait;
  return verdict::cut;
}

bool sentence_piece::long_enough(size_t end) const {
  switch (rule_) {
    case clause_rule::overlong: return end >= clause_limit;
    case clause_rule::first:
      return end >= sentence_splitter::first_clause_minimum;
    case clause_rule::early: return end >= clause_limit || worth_a_breath(end);
  }
  return false;
}

/// Four words and twenty characters: less sounds chopped. Scripts that put no
/// blanks between words say about as much with half the characters.
bool sentence_piece::worth_a_breath(size_t end) const {
  size_t words = 0;
  size_t characters = 0;
  bool in_word = false;
  for (size_t i = 0; i < end;) {
    size_t size = std::max<size_t>(length(i), 1);
    bool wide = size == 3 && static_cast<uint8_t>(text_[i]) >= 0xe3;
    bool space = is_ascii_space(text_[i]);
    characters += wide ? 2 : 1;
    words += wide || (!space && !in_word) ? 1 : 0;
    in_word = !space && !wide;
    i += size;
  }
  return words >= 4 && characters >= 20;
}

verdict sentence_piece::after_clause(size_t end) const {
  return long_enough(end) ? at_space(end) : verdict::keep;
}

verdict sentence_piece::after_long_dash(size_t end) const {
  if (!long_enough(end))
    return verdict::keep;
  if (end == text_.size() && !at_end_)
    return verdict::wait;
  return verdict::cut;
}

/// No mark at all for very long: any space will do.
verdict sentence_piece::after_word(size_t i, size_t& end) const {
  if (i < word_limit || !is_ascii_space(text_[i]))
    return verdict::keep;
  end = i;
  return verdict::cut;
}

/// The word that the stop at `i` ends, with the stops inside it.
words sentence_piece::word_before(size_t i) const {
  size_t begin = i;
  constexpr words borders = "([{\"'*_-";
  while (begin > 0 && !is_ascii_space(text_[begin - 1])
         && borders.find(text_[begin - 1]) == words::npos)
    --begin;
  return text_.substr(begin, i - begin);
}

/// All in front of `i` is a number: "1. First".
bool sentence_piece::is_list_number(size_t i) const {
  return std::ranges::all_of(text_.substr(0, i), [](char c) {
    return is_ascii_digit(c) || is_ascii_space(c) || c == '*' || c == '(';
  });
}

} // namespace velox
