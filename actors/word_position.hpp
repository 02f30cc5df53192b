#pragma once

#include "protocol/messages.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace velox::actors {

/// Where the word ends that was under way when `share` (0 to 1) of the text
/// had been spoken: only words spoken in full are before it. Words take time
/// by their length.
size_t words_within(const std::string& text, double share);

/// The end, in bytes of `text`, of the last word that was spoken in full after
/// `heard_ms` milliseconds of `total_ms`. `words` are those whose times the
/// voice told, in order. What is spoken may differ from what is written ("$5",
/// "five dollars"): a word that is not found near its place is skipped, and
/// between two that were found words take time by their length.
size_t
word_position(const std::string& text, const std::vector<spoken_word>& words,
              int64_t heard_ms, int64_t total_ms);

} // namespace velox::actors
