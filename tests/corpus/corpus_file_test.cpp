#include "bench/endings/corpus.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <gmock/gmock.h>
#include <random>
#include <set>

namespace velox::test {

namespace {

using namespace velox::bench;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string good = "utterances:\n"
                         "  - say: \"i need <700ms> an appointment\"\n"
                         "    kind: long\n"
                         "    voice: slt\n"
                         "    noise: -60\n";

std::string with(const std::string& from, const std::string& to) {
  auto result = good;
  result.replace(result.find(from), from.size(), to);
  return result;
}

TEST(CorpusFile, ReadsAnUtterance) {
  auto file = parse_corpus(good + "    asked: How?\n" + "    held_out: true\n");
  ASSERT_THAT(file.errors, IsEmpty());
  ASSERT_EQ(file.utterances.size(), 1u);
  auto& x = file.utterances[0];
  ASSERT_EQ(x.breaths.size(), 2u);
  EXPECT_EQ(x.breaths[0].words, "i need");
  EXPECT_EQ(x.breaths[0].pause_ms, 0);
  EXPECT_EQ(x.breaths[1].words, "an appointment");
  EXPECT_EQ(x.breaths[1].pause_ms, 700);
  EXPECT_EQ(x.kind, "long");
  EXPECT_EQ(x.asked, "How?");
  EXPECT_EQ(x.voice, "slt");
  EXPECT_EQ(x.noise_dbfs, -60);
  EXPECT_TRUE(x.held_out);
}

struct mistake {
  std::string from;
  std::string to;
  std::string line;
  std::string says;
};

TEST(CorpusFile, NamesLineKeyAndFixOfEveryMistake) {
  const std::vector<mistake> table{
    {"    kind: long\n", "", "line 2", "'kind' is missing; add it"},
    {"kind: long", "kind: short", "line 3", "choose one of yes-no, name"},
    {"voice: slt", "voice: bob", "line 4", "choose one of slt, rms"},
    {"noise: -60", "noise: loud", "line 5", "give dBFS from -90 to -40"},
    {"noise: -60", "noise: -6", "line 5", "give dBFS from -90 to -40"},
    {"noise: -60", "noise: nan", "line 5", "give dBFS from -90 to -40"},
    {"noise: -60", "nose: -60", "line 2", "'noise' is missing; add it"},
    {"noise: -60", "noise: -60\n    pitch: 3", "line 6",
     "'pitch' is not known"},
    {"<700ms>", "<700>", "line 2", "write <700ms>, 100 to 3000 ms"},
    {"<700ms>", "<50ms>", "line 2", "write <700ms>, 100 to 3000 ms"},
    {"<700ms>", "<9000ms>", "line 2", "write <700ms>, 100 to 3000 ms"},
    {"<700ms>", "<99999999999999ms>", "line 2", "write <700ms>"},
    {"<700ms>", "<700ms", "line 2", "write <700ms>"},
    {"<700ms>", "700ms>", "line 2", "write pauses as <700ms>"},
    {"an appointment", "", "line 2", "without words on both sides"},
    {"i need", "", "line 2", "without words on both sides"},
    {"utterances:", "sentences:", "line 1", "'sentences' is not known"},
    {"voice: slt", "voice: [", "line", "not valid YAML"},
  };
  for (auto& x : table) {
    auto file = parse_corpus(with(x.from, x.to));
    ASSERT_FALSE(file.errors.empty()) << x.to;
    EXPECT_THAT(file.errors[0], HasSubstr(x.line)) << x.to;
    EXPECT_THAT(file.errors[0], HasSubstr(x.says)) << x.to;
    EXPECT_THAT(file.utterances, IsEmpty()) << x.to;
  }
  EXPECT_THAT(parse_corpus("utterances: []").errors,
              ElementsAre(HasSubstr("holds nothing")));
}

TEST(CorpusFile, SaysWhichFileIsWrong) {
  EXPECT_THROW(load_corpus("/nonexistent.yaml"), std::runtime_error);
}

/// Whatever is in a file, there is an answer, and it is one or the other.
TEST(CorpusFile, SurvivesBrokenFiles) {
  std::mt19937 random{11};
  const std::string pieces = "<>ms \n-:\"[]{}a7&*\t";
  for (int i = 0; i < 3000; ++i) {
    auto text = good;
    for (auto n = 1 + random() % 4; n > 0; --n)
      text.insert(random() % text.size(), 1, pieces[random() % pieces.size()]);
    auto file = parse_corpus(text);
    EXPECT_NE(file.errors.empty(), file.utterances.empty()) << text;
  }
}

TEST(Corpus, IsAsLargeAndAsMixedAsTheReportNeeds) {
  auto corpus = load_corpus(corpus_path());
  EXPECT_GE(corpus.size(), 72u);
  size_t paused = 0;
  size_t held_out = 0;
  std::set<std::string> said;
  std::set<std::string> voices;
  for (auto& x : corpus) {
    paused += x.breaths.size() > 1 ? 1 : 0;
    held_out += x.held_out ? 1 : 0;
    EXPECT_TRUE(said.insert(x.say).second) << x.say << " is there twice";
    voices.insert(x.voice);
    for (auto& y : x.breaths)
      EXPECT_TRUE(y.pause_ms == 0 || (y.pause_ms >= 300 && y.pause_ms <= 1600))
        << x.say;
  }
  EXPECT_GE(2 * paused, corpus.size());
  EXPECT_NEAR(static_cast<double>(held_out),
              static_cast<double>(corpus.size()) / 3, 3);
  EXPECT_EQ(voices.size(), 4u);
  for (auto kind : utterance_kinds())
    for (auto out : {false, true})
      EXPECT_GE(std::count_if(
                  corpus.begin(), corpus.end(),
                  [&](auto& x) { return x.kind == kind && x.held_out == out; }),
                out ? 1 : 3)
        << kind;
}

} // namespace

} // namespace velox::test
