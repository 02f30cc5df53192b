#include "protocol/sentence_splitter.hpp"

#include "protocol/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace velox {

namespace {

using words = std::string_view;

/// From this length on any sentence is cut at a clause, and from the second on
/// at any space: nobody speaks, or waits for, longer ones.
constexpr size_t clause_limit = 200;
constexpr size_t word_limit = 400;

/// Abbreviations that something always follows.
constexpr auto always_continued = std::to_array<words>(
  {"approx", "capt", "cf",   "col", "dept", "dr",  "e.g", "est", "fr",
   "gen",    "gov",  "hon",  "i.e", "lt",   "maj", "mr",  "mrs", "ms",
   "mt",     "mx",   "prof", "rep", "resp", "rev", "sen", "sgt", "smt",
   "sr",     "st",   "vs",   "viz", "z.b",  "d.h"});

/// Abbreviations that may end a sentence: the case of the next word decides.
constexpr auto maybe_final = std::to_array<words>(
  {"a.m",  "apt",  "assn", "ave",  "bldg", "blvd", "bros", "co",
   "corp", "etc",  "ext",  "ft",   "hrs",  "inc",  "jr",   "ltd",
   "min",  "mins", "p.m",  "ph.d", "rd",   "sec",  "tel",  "usw"});

/// Abbreviations only in front of a number ("No. 5", but "No. We do not").
constexpr auto before_number = std::to_array<words>(
  {"apr",  "art", "aug", "ch", "dec", "ext", "feb",  "fig", "jan",
   "jul",  "jun", "mar", "no", "nos", "nov", "nr",   "oct", "p",
   "para", "pg",  "pp",  "rs", "sec", "sep", "sept", "tel", "vol"});

template <size_t N>
bool contains(const std::array<words, N>& list, words word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
         || c == '\v';
}

bool is_line_break(char c) {
  return c == '\n' || c == '\r';
}

/// What a character does to a sentence.
enum class role : uint8_t {
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

struct symbol {
  words text;
  role does;
};

constexpr auto symbols = std::to_array<symbol>({
  {"।", role::full_stop},  {"॥", role::full_stop},  {"。", role::full_stop},
  {"！", role::full_stop}, {"？", role::full_stop}, {"؟", role::full_stop},
  {"۔", role::full_stop},  {"…", role::ellipsis},   {"”", role::closer},
  {"’", role::closer},     {"»", role::closer},     {"」", role::closer},
  {"』", role::closer},    {"）", role::closer},    {"，", role::long_dash},
  {"、", role::long_dash}, {"；", role::long_dash}, {"،", role::clause},
  {"—", role::long_dash},  {"–", role::short_dash},
});

role role_of(words character) {
  if (character.size() > 1) {
    auto found = std::ranges::find(symbols, character, &symbol::text);
    return found == symbols.end() ? role::none : found->does;
  }
  switch (character[0]) {
    case '.': return role::stop;
    case '!':
    case '?': return role::exclaim;
    case ',':
    case ';': return role::clause;
    case '-': return role::short_dash;
    case '"':
    case '\'':
    case ')':
    case ']':
    case '}':
    case '*':
    case '_': return role::closer;
    case '\n':
    case '\r': return role::line_break;
    default: return role::none;
  }
}

/// What is known about a place in the text so far.
enum class verdict : uint8_t { cut, keep, wait };

/// Looks at what has arrived from one piece's beginning on.
class piece {
public:
  piece(words text, bool at_end, bool first)
    : text_(text), at_end_(at_end), first_(first) {}

  /// Length of the character at `i`; 0 when its rest has not arrived.
  size_t length(size_t i) const {
    if (size_t known = utf8_length(text_.substr(i)))
      return known;
    // Wait for the rest of a character that is cut off, but not for garbage.
    auto lead = static_cast<uint8_t>(text_[i]);
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    return !at_end_ && i + wanted > text_.size() ? 0 : 1;
  }

  /// May the text be cut at the character at `i`? Then `end` is behind the
  /// piece.
  verdict judge(size_t i, size_t& end) const {
    end = i + length(i);
    switch (role_of(text_.substr(i, end - i))) {
      case role::line_break:
        end = i;
        return spoken(i) ? verdict::cut : verdict::keep;
      case role::stop: return after_stop(i, end);
      case role::exclaim: return after_exclaim(end);
      case role::ellipsis: return after_ellipsis(end);
      case role::full_stop: return after_full_stop(end);
      case role::clause: return after_clause(end);
      case role::long_dash: return after_long_dash(end);
      case role::short_dash:
        return i > 0 && is_space(text_[i - 1]) ? after_clause(end)
                                               : verdict::keep;
      case role::none:
      case role::closer: return after_word(i, end);
    }
    return verdict::keep;
  }

private:
  /// Something in front of `end` can be spoken.
  bool spoken(size_t end) const {
    return std::ranges::any_of(text_.substr(0, end), [](char c) {
      return is_digit(c) || is_lower(c) || is_upper(c)
             || static_cast<unsigned char>(c) >= 0x80;
    });
  }

  /// The next character in or behind white space from `i` on; `arrived` says
  /// whether there is one. At the end of the text there is none, but no more
  /// waiting either.
  char next_visible(size_t i, bool& arrived) const {
    while (i < text_.size() && is_space(text_[i]))
      ++i;
    arrived = i < text_.size() || at_end_;
    return i < text_.size() ? text_[i] : '\0';
  }

  /// Steps over further stops and over closers. False when more may come.
  bool skip_tail(size_t& end, size_t& stops, bool& closed) const {
    while (end < text_.size()) {
      size_t size = length(end);
      if (size == 0)
        return false;
      auto next = role_of(text_.substr(end, size));
      bool stop = next == role::stop || next == role::exclaim
                  || next == role::ellipsis || next == role::full_stop;
      if (!stop && next != role::closer)
        return true;
      stops += stop ? 1 : 0;
      closed |= next == role::closer;
      end += size;
    }
    return at_end_;
  }

  /// White space, the end of the text or a line break must follow at `end`.
  verdict at_space(size_t end) const {
    if (end == text_.size())
      return at_end_ ? verdict::cut : verdict::wait;
    return is_space(text_[end]) && spoken(end) ? verdict::cut : verdict::keep;
  }

  /// Cuts unless a small letter goes on behind `end`.
  verdict unless_lower(size_t end) const {
    if (auto result = at_space(end); result != verdict::cut)
      return result;
    bool arrived = false;
    char next = next_visible(end, arrived);
    if (broken_line(end))
      return verdict::cut;
    if (!arrived)
      return verdict::wait;
    return is_lower(next) ? verdict::keep : verdict::cut;
  }

  /// A line break is in the white space at `end`.
  bool broken_line(size_t end) const {
    for (; end < text_.size() && is_space(text_[end]); ++end)
      if (is_line_break(text_[end]))
        return true;
    return false;
  }

  verdict after_stop(size_t i, size_t& end) const {
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
    return after_single_stop(word_before(i), i, end);
  }

  /// A lone stop, with white space behind it at `end`.
  verdict after_single_stop(words word, size_t i, size_t end) const {
    std::string small{word};
    for (char& c : small)
      if (is_upper(c))
        c = static_cast<char>(c - 'A' + 'a');
    if (contains(always_continued, small))
      return verdict::keep;
    bool arrived = false;
    char next = next_visible(end, arrived);
    bool final = contains(maybe_final, small);
    bool counted = contains(before_number, small)
                   || (!word.empty() && is_digit(word.back()));
    if (counted && is_list_number(i))
      return verdict::keep;
    if (final || counted) {
      if (!arrived)
        return verdict::wait;
      if (counted && is_digit(next))
        return verdict::keep;
      return final && !is_upper(next) && next != '\0' ? verdict::keep
                                                      : verdict::cut;
    }
    return is_initials(word) ? verdict::keep : verdict::cut;
  }

  verdict after_exclaim(size_t& end) const {
    size_t stops = 1;
    bool closed = false;
    if (!skip_tail(end, stops, closed))
      return verdict::wait;
    // "Really?" she said.
    return closed ? unless_lower(end) : at_space(end);
  }

  verdict after_ellipsis(size_t& end) const {
    size_t stops = 2;
    bool closed = false;
    if (!skip_tail(end, stops, closed))
      return verdict::wait;
    return unless_lower(end);
  }

  verdict after_full_stop(size_t& end) const {
    size_t stops = 1;
    bool closed = false;
    if (!skip_tail(end, stops, closed))
      return verdict::wait;
    if (end == text_.size() && !at_end_)
      return verdict::wait;
    return verdict::cut;
  }

  bool long_enough(size_t end) const {
    return end
           >= (first_ ? sentence_splitter::first_clause_minimum : clause_limit);
  }

  verdict after_clause(size_t end) const {
    return long_enough(end) ? at_space(end) : verdict::keep;
  }

  verdict after_long_dash(size_t end) const {
    if (!long_enough(end))
      return verdict::keep;
    if (end == text_.size() && !at_end_)
      return verdict::wait;
    return verdict::cut;
  }

  /// No mark at all for very long: any space will do.
  verdict after_word(size_t i, size_t& end) const {
    if (i < word_limit || !is_space(text_[i]))
      return verdict::keep;
    end = i;
    return verdict::cut;
  }

  /// The word that the stop at `i` ends, with the stops inside it.
  words word_before(size_t i) const {
    size_t begin = i;
    constexpr words borders = "([{\"'*_-";
    while (begin > 0 && !is_space(text_[begin - 1])
           && borders.find(text_[begin - 1]) == words::npos)
      --begin;
    return text_.substr(begin, i - begin);
  }

  /// All in front of `i` is a number: "1. First".
  bool is_list_number(size_t i) const {
    return std::ranges::all_of(text_.substr(0, i), [](char c) {
      return is_digit(c) || is_space(c) || c == '*' || c == '(';
    });
  }

  /// "J", "J.R.R", "U.S", "a.k.a": single letters between stops, capital if
  /// there is one only.
  static bool is_initials(words word) {
    if (word.size() == 1)
      return is_upper(word[0]);
    if (word.size() % 2 == 0)
      return false;
    for (size_t i = 0; i < word.size(); ++i) {
      bool letter = is_upper(word[i]) || is_lower(word[i]);
      if (i % 2 == 0 ? !letter : word[i] != '.')
        return false;
    }
    return true;
  }

  words text_;
  bool at_end_;
  bool first_;
};

} // namespace

void sentence_splitter::push(std::string_view token) {
  // What was emitted is dropped here, not in `take`, which runs more often.
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  buffer_ += token;
}

std::optional<std::string> sentence_splitter::next() {
  return take(false);
}

std::optional<std::string> sentence_splitter::flush() {
  auto sentence = take(true);
  if (!sentence) {
    buffer_.clear();
    begin_ = scanned_ = 0;
    first_ = true;
  }
  return sentence;
}

std::optional<std::string> sentence_splitter::take(bool at_end) {
  // White space in front belongs to no sentence.
  while (begin_ < buffer_.size() && is_space(buffer_[begin_]))
    ++begin_;
  scanned_ = std::max(scanned_, begin_);
  piece text{std::string_view{buffer_}.substr(begin_), at_end, first_};
  auto emit = [this](size_t end) {
    auto sentence = buffer_.substr(begin_, end - begin_);
    while (!sentence.empty() && is_space(sentence.back()))
      sentence.pop_back();
    begin_ = scanned_ = end;
    first_ = false;
    return sentence;
  };
  while (scanned_ < buffer_.size()) {
    size_t i = scanned_ - begin_;
    size_t length = text.length(i);
    if (length == 0)
      return std::nullopt;
    size_t end = 0;
    switch (text.judge(i, end)) {
      case verdict::cut: return emit(begin_ + end);
      case verdict::wait: return std::nullopt;
      case verdict::keep: scanned_ += length;
    }
  }
  if (at_end && begin_ < buffer_.size())
    return emit(buffer_.size());
  return std::nullopt;
}

} // namespace velox
