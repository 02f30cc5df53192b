#include "protocol/sentence_splitter.hpp"
#include "tests/fuzz/expect.hpp"

#include <vector>

using namespace velox;

namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// The visible text of what comes out when `text` arrives in tokens of `size`.
std::vector<std::string>
split(std::string_view text, size_t size, const sentence_rules& rules = {}) {
  sentence_splitter splitter{rules};
  std::vector<std::string> result;
  while (!text.empty()) {
    auto token = text.substr(0, size);
    text.remove_prefix(token.size());
    splitter.push(token);
    while (auto sentence = splitter.next())
      result.push_back(std::move(*sentence));
  }
  while (auto sentence = splitter.flush())
    result.push_back(std::move(*sentence));
  return result;
}

} // namespace

/// The first byte says how long the tokens are.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0)
    return 0;
  size_t token = size_t{data[0]} % 16 + 1;
  std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  auto pieces = split(text, token);
  expect(pieces == split(text, text.size()));
  std::string said, meant;
  for (auto& piece : pieces) {
    expect(!piece.empty() && !is_space(piece.front())
           && !is_space(piece.back()));
    said += piece;
  }
  std::erase_if(said, is_space);
  for (char c : text)
    if (!is_space(c))
      meant += c;
  expect(said == meant);
  expect(split(text, token, speech_rules)
         == split(text, text.size(), speech_rules));
  return 0;
}
