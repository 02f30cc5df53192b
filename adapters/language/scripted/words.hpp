#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Text as recognisers write it: lower-case words, numbers spelt out. All that
/// callers say and all phrases of agents go through `to_words`, so that "2:30
/// p.m." and "two thirty pm" are the same.

namespace velox::language {

using word_list = std::vector<std::string>;
using word_span = std::span<const std::string>;

/// The words of `text`: lower case, no punctuation, numbers as words,
/// contractions written out, hesitations ("um") dropped.
word_list to_words(std::string_view text);

/// The words with blanks between them.
std::string join(word_span words);

/// Whether `part` occurs in `words`, in one piece. Empty parts do not.
bool contains(word_span words, word_span part);

/// How much two words look the same: 1 equal, 0.9 other form of the word
/// ("park", "parking"), 0.7 a slip of the recogniser ("apointment"), else 0.
double similarity(std::string_view a, std::string_view b);

/// A number and how many words it took.
struct number_found {
  int64_t value = 0;
  size_t length = 0;
};

/// A number from 0 to 99 that begins at `at`: "seven", "twenty four", "oh".
std::optional<number_found> small_number(word_span words, size_t at);

/// An ordinal from 1 to 31 that begins at `at`: "third", "twenty fourth".
std::optional<number_found> ordinal(word_span words, size_t at);

/// A cardinal below a million that begins at `at`: "two hundred and five".
std::optional<number_found> cardinal(word_span words, size_t at);

/// 0 to 99 in words. Others are read digit by digit.
std::string number_words(int64_t value);

/// 1 to 31 as an ordinal: "twenty fourth".
std::string ordinal_words(int64_t value);

/// "555" as "five five five".
std::string digit_words(std::string_view digits);

} // namespace velox::language
