#include "adapters/speech/pocketsphinx/dictionary.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace velox::speech {

dictionary::dictionary(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  text_.assign(std::istreambuf_iterator<char>{file}, {});
  words_.reserve(text_.size() / 24); // a line is 24 bytes long on average
  std::string_view rest = text_;
  while (!rest.empty()) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    auto space = line.find(' ');
    if (space == std::string_view::npos || space == 0)
      continue;
    auto word = line.substr(0, space);
    // "read(2)" is another way to say "read".
    if (auto paren = word.find('('); paren != std::string_view::npos)
      word = word.substr(0, paren);
    words_[word].push_back(line);
  }
  if (words_.empty())
    throw std::runtime_error("cannot read the pronunciation dictionary " + path
                             + ": install the package pocketsphinx-en-us or "
                               "set the speech model directory");
}

std::string dictionary::excerpt(const std::vector<std::string>& words) const {
  std::string result;
  for (auto& word : words) {
    auto found = words_.find(word);
    if (found == words_.end())
      continue;
    for (auto line : found->second)
      result.append(line).push_back('\n');
  }
  return result;
}

} // namespace velox::speech
