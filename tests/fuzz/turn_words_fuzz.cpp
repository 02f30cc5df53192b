#include "actors/completeness.hpp"
#include "actors/phrases.hpp"
#include "actors/word_position.hpp"
#include "tests/fuzz/expect.hpp"

#include <string>

using namespace velox;
using namespace velox::actors;

namespace {

constexpr const char* languages[] = {"en-US", "es", "de-DE", "fr", "hi", "xx"};

void try_phrases(const std::string& text, const char* language) {
  auto words = plain_words(text);
  for (auto& word : words)
    expect(!word.empty() && word.find(' ') == std::string::npos);
  for (auto& x : {backchannels(language), presence_questions(language)}) {
    auto others = x.others(text);
    expect(others <= words.size());
    expect(x.only(text) == (others == 0 && !words.empty()));
    if (x.only(text)) // what is complete may also be what it becomes
      expect(x.may_become(text));
  }
}

/// Words of the text, at times that the fuzzer has chosen.
void try_positions(const std::string& text) {
  std::vector<spoken_word> words;
  int64_t at = 0;
  for (auto& word : plain_words(text)) {
    auto from = at;
    at += static_cast<unsigned char>(word[0]);
    words.push_back({word, from, at});
  }
  size_t before = 0;
  for (int64_t heard = 0; heard <= at; heard += 1 + at / 50) {
    auto position = word_position(text, words, heard, at);
    expect(position >= before && position <= text.size());
    before = position;
  }
}

} // namespace

/// The first byte chooses the language, the second what was asked.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2)
    return 0;
  auto* language = languages[data[0] % std::size(languages)];
  std::string text{reinterpret_cast<const char*>(data) + 2, size - 2};
  try_phrases(text, language);
  try_positions(text);
  completeness judge{language};
  question asked{static_cast<wanted>(data[1] % 7), data[1] / 32u};
  auto verdict = judge.judge(text, asked);
  expect(verdict == judge.judge(text + " ", asked));
  expect(judge.asked_by(text, 3).digits == 3);
  judge.asked_by(text);
  return 0;
}
