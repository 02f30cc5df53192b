#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace velox::speech {

/// Whether anything in `text` (UTF-8) has a sound: a letter, a digit or a sign
/// that is read out. Vendors refuse what has none, or bill for a pause.
bool has_sound(std::string_view text);

/// How much text a vendor takes at once.
struct text_limit {
  std::size_t most = 1000;
  bool bytes = false; ///< else characters
};

/// `text` in parts of at most `limit`, cut behind a sentence, else at a space,
/// else between two characters. Nothing is lost or added but white space at the
/// cuts.
std::vector<std::string>
split_text(std::string_view text, const text_limit& limit);

} // namespace velox::speech
