#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace velox::speech {

/// How English words are pronounced: the CMU dictionary that comes with the
/// acoustic model, read once and shared by all language models. Immutable.
class dictionary {
public:
  /// Reads "word PH ON EM ES" lines; "word(2)" is a second way to say `word`.
  /// Throws `std::runtime_error` when the file cannot be read or is empty.
  explicit dictionary(const std::string& path);

  dictionary(const dictionary&) = delete;
  dictionary& operator=(const dictionary&) = delete;

  bool knows(std::string_view word) const { return words_.count(word) > 0; }

  /// The small dictionary of `words`, all pronunciations included, in the same
  /// format. Unknown words are left out.
  std::string excerpt(const std::vector<std::string>& words) const;

private:
  std::string text_;
  /// From a word to its lines, which point into `text_`.
  std::unordered_map<std::string_view, std::vector<std::string_view>> words_;
};

} // namespace velox::speech
