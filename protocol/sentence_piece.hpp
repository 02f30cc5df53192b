#pragma once

#include "protocol/sentence_marks.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace velox {

/// From where on a sentence is cut at a clause already.
enum class clause_rule : uint8_t {
  overlong, ///< only when nobody would speak or wait for more
  first,    ///< the first of an answer, when it is long
  early,    ///< the first of an answer, as soon as it is worth a breath
};

/// Looks at what has arrived from one sentence's beginning on, to find its end.
class sentence_piece {
public:
  /// What is known about a place in the text so far.
  enum class verdict : uint8_t { cut, keep, wait };

  sentence_piece(std::string_view text, bool at_end, clause_rule rule)
    : text_(text), at_end_(at_end), rule_(rule) {}

  /// Length of the character at `i`; 0 when its rest has not arrived.
  size_t length(size_t i) const;

  /// May the text be cut at the character at `i`? Then `end` is behind the
  /// sentence.
  verdict judge(size_t i, size_t& end) const;

private:
  bool spoken(size_t end) const;
  char next_visible(size_t i, bool& arrived) const;
  bool skip_tail(size_t& end, size_t& stops, bool& closed) const;
  verdict at_space(size_t end) const;
  verdict unless_lower(size_t end) const;
  bool broken_line(size_t end) const;
  verdict after_stop(size_t i, size_t& end) const;
  verdict after_single_stop(size_t i, size_t end) const;
  verdict after_exclaim(size_t& end) const;
  verdict after_ellipsis(size_t& end) const;
  verdict after_full_stop(size_t& end) const;
  bool long_enough(size_t end) const;
  bool worth_a_breath(size_t end) const;
  verdict after_clause(size_t end) const;
  verdict after_long_dash(size_t end) const;
  verdict after_word(size_t i, size_t& end) const;
  std::string_view word_before(size_t i) const;
  bool is_list_number(size_t i) const;

  std::string_view text_;
  bool at_end_;
  clause_rule rule_;
};

} // namespace velox
