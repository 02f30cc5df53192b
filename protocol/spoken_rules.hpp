#pragma once

#include "protocol/sentence_marks.hpp"
#include "protocol/spoken_words.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What `spoken_form` is made of: each rule looks at one place of a text and
/// says how what begins there is spoken.

namespace velox {

/// Whether a letter or digit of any script begins at `at`.
bool is_word_at(std::string_view text, std::size_t at);

/// Whether one ends in front of `at`.
bool is_word_before(std::string_view text, std::size_t at);

/// Reads forward in a text. What does not fit is not stepped over.
class text_scan {
public:
  text_scan(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  void back_to(std::size_t at) { at_ = at; }

  /// The byte `ahead` of here; NUL behind the end.
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool take(std::string_view literal);

  /// The same, and no letter or digit follows.
  bool take_word(std::string_view literal);

  /// All ASCII digits here, when they are `least` to `most`; else none.
  std::string_view digits(std::size_t least = 1, std::size_t most = 64);

  /// Blanks within a line, also those that do not break.
  bool blanks();

  /// A dash between two ends of a range, with the blanks around it.
  bool range_dash();

  bool word_ends() const { return !is_word_at(text_, at_); }

private:
  std::string_view text_;
  std::size_t at_;
};

/// A place in a text, and the language that it is in.
struct text_place {
  std::string_view text;
  std::size_t at = 0;
  const spoken_words& words;
  const number_words& numbers;
  char decimal = '.', group = ',';
  bool month_first = false; ///< 11/21 is in November

  text_scan scan() const { return {text, at}; }
  text_place moved_to(std::size_t to) const {
    auto result = *this;
    result.at = to;
    return result;
  }
  bool in(std::string_view language) const {
    return words.language == language;
  }

  /// The word in front of `before`, lower case (ASCII); empty when a mark is in
  /// between. `before` moves to its start.
  std::string word_before(std::size_t& before) const;
};

/// What is written up to `end`, in spoken words.
struct spoken_reading {
  std::size_t end = 0;
  std::string text;
};

using spoken_result = std::optional<spoken_reading>;

/// A number as it is written, without its group marks.
struct written_number {
  std::string whole, fraction;
  char mark = '\0'; ///< in front of the fraction
  bool grouped = false;
};

/// Steps over the number at `in`; none when there is none, or when more of the
/// same follows (1.2.3).
std::optional<written_number>
read_number(text_scan& in, const text_place& place);

std::string say_number(const written_number& x, const text_place& place,
                       number_gender gender = number_gender::none);

/// Web and e-mail addresses.
spoken_result
read_address(std::string_view text, std::size_t at, const address_words& words);

// -- each of these looks at `place.at`
spoken_result read_date(const text_place& place);
spoken_result read_time(const text_place& place);
spoken_result read_phone(const text_place& place);
spoken_result read_extension(const text_place& place);
spoken_result read_version(const text_place& place);
spoken_result read_code(const text_place& place);
spoken_result read_fraction(const text_place& place);
spoken_result read_money(const text_place& place);
spoken_result read_quantity(const text_place& place);
spoken_result read_sign(const text_place& place);

/// Whether a number at `place` names something, as behind "order number".
bool is_identifier(const text_place& place);

} // namespace velox
