#include "bench/endings/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <gmock/gmock.h>

/// A dozen utterances of the corpus through the real voice detection, the real
/// recogniser and the real turn machine. The time is that of the audio, so that
/// the same is measured on every machine.

namespace velox::test {

namespace {

using namespace velox::bench;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

enum judge_index : size_t { ours, unjudged, ms_500, ms_700, ms_1000 };

class Endings : public testing::Test {
protected:
  /// The models take a while: one ear for all.
  static void SetUpTestSuite() {
    listener = std::make_unique<ear>(clinic_phrases(), 1);
    corpus = load_corpus(corpus_path());
  }

  static void TearDownTestSuite() { listener.reset(); }

  static ending judged(const std::string& say) {
    for (auto& x : corpus)
      if (x.say == say)
        return judge(*listener, x);
    ADD_FAILURE() << "not in the corpus: " << say;
    return {};
  }

  static inline std::unique_ptr<ear> listener;
  static inline std::vector<utterance> corpus;
};

/// The pauses are longer than every fixed rule here waits.
TEST_F(Endings, WaitsWhereTheWordsWantToGoOn) {
  for (auto say :
       {"my number is five five <1200ms> five two one <600ms> three four five "
        "six",
        "hold on <1200ms> i need to cancel my appointment",
        "one moment please <1500ms> james brown"}) {
    auto x = judged(say);
    EXPECT_FALSE(x.verdicts[ours].cut) << say << ": " << x.heard;
    EXPECT_TRUE(x.verdicts[ours].delay) << say;
    EXPECT_TRUE(x.verdicts[unjudged].cut) << say << ": " << x.heard;
    EXPECT_TRUE(x.verdicts[ms_1000].cut) << say;
  }
}

TEST_F(Endings, WaitsForTheRestOfASentence) {
  for (auto say :
       {"can i come in on <800ms> friday", "in march <900ms> the fifth",
        "my name is <800ms> john smith",
        "do you have anything free on <600ms> wednesday"}) {
    auto x = judged(say);
    EXPECT_FALSE(x.verdicts[ours].cut) << say << ": " << x.heard;
    EXPECT_TRUE(x.verdicts[ms_500].cut) << say;
  }
}

TEST_F(Endings, AnswersAYesSoonerThanAFixedRule) {
  for (auto say : {"that is correct", "goodbye",
                   "five five five one two three four five six seven"}) {
    auto x = judged(say);
    EXPECT_FALSE(x.verdicts[ours].cut) << say;
    ASSERT_TRUE(x.verdicts[ours].delay) << say << ": " << x.heard;
    EXPECT_LT(*x.verdicts[ours].delay, *x.verdicts[ms_700].delay)
      << say << ": " << x.heard;
    EXPECT_LT(*x.verdicts[ours].delay, *x.verdicts[unjudged].delay) << say;
  }
}

TEST_F(Endings, EndEverySentenceThatWasSaidInFull) {
  for (auto say : {"mary jones", "what are your opening hours"}) {
    auto x = judged(say);
    for (auto& verdict : x.verdicts) {
      EXPECT_FALSE(verdict.cut) << say;
      ASSERT_TRUE(verdict.delay) << say;
      EXPECT_LT(*verdict.delay, 1100ms) << say << ": " << x.heard;
    }
    EXPECT_EQ(x.heard, say);
  }
}

/// The same words, heard twice, are judged alike to the millisecond.
TEST_F(Endings, AreTheSameEveryTime) {
  auto say = "monday <600ms> or tuesday";
  auto first = judged(say);
  judged("goodbye"); // another call between
  auto again = judged(say);
  EXPECT_EQ(first.heard, again.heard);
  for (size_t i = 0; i < ending_judges.size(); ++i) {
    EXPECT_EQ(first.verdicts[i].cut, again.verdicts[i].cut);
    EXPECT_EQ(first.verdicts[i].delay, again.verdicts[i].delay);
  }
}

TEST(Spoken, PausesAsLongAsWritten) {
  utterance x;
  x.say = "yes <700ms> please";
  ASSERT_THAT(parse_breaths(x.say, x.breaths), IsEmpty());
  x.voice = "kal16";
  x.noise_dbfs = -90;
  auto y = speak_utterance(x, 1000ms);
  EXPECT_EQ(y.begins, room_before);
  ASSERT_EQ(y.pauses.size(), 1u);
  EXPECT_EQ(y.pauses[0].to - y.pauses[0].from, 700ms);
  EXPECT_LT(y.pauses[0].to, y.ends);
  EXPECT_EQ(y.mulaw.size(), 8u * (y.ends + 1000ms).count());
  EXPECT_EQ(speak_utterance(x, 1000ms).mulaw, y.mulaw);
  x.breaths[0].words = "...";
  EXPECT_THROW(speak_utterance(x), std::invalid_argument);
}

// -- the judges alone

/// A caller who speaks from 1 s to 2 s and from 3 s to 4 s.
spoken two_breaths() {
  spoken x;
  x.mulaw.resize(8 * 16000);
  x.begins = 1000ms;
  x.ends = 4000ms;
  return x;
}

std::vector<heard>
events_of(const std::string& first, const std::string& second) {
  return {{1060ms, voice_started{}},    {2450ms, voice_stopped{}},
          {2500ms, words_final{first}}, {3060ms, voice_started{}},
          {4450ms, voice_stopped{}},    {4500ms, words_final{second}}};
}

TEST(FixedRule, CutsWhereTheSilenceIsLongEnough) {
  auto caller = two_breaths();
  auto events = events_of("i want", "a table");
  auto x = judge_by_silence(events, 500ms, caller);
  ASSERT_EQ(x.turns.size(), 2u);
  EXPECT_TRUE(x.cut);
  EXPECT_EQ(x.turns[0].at, 2500ms);
  EXPECT_EQ(x.turns[0].text, "i want");
  EXPECT_EQ(x.delay, 500ms);
  x = judge_by_silence(events, 1000ms, caller);
  EXPECT_TRUE(x.cut) << "at 3000 ms, before the voice is noticed";
  x = judge_by_silence(events, 1100ms, caller);
  EXPECT_FALSE(x.cut);
  ASSERT_EQ(x.turns.size(), 1u);
  EXPECT_EQ(x.turns[0].text, "i want a table");
  EXPECT_EQ(x.delay, 1100ms);
}

TEST(FixedRule, WaitsForTheWords) {
  auto caller = two_breaths();
  auto events = events_of("i want", "a table");
  events.back().at = 5200ms;
  EXPECT_EQ(judge_by_silence(events, 1100ms, caller).delay, 1200ms);
}

TEST(MachineRule, JudgesTheWordsAndTheQuestion) {
  auto caller = two_breaths();
  auto policy = default_policy();
  auto x = judge_by_machine(events_of("i want a", "table"), policy, "", caller);
  EXPECT_FALSE(x.cut);
  EXPECT_EQ(x.turns.at(0).text, "i want a table");
  EXPECT_EQ(x.delay, 500ms + policy.end_of_turn);
  x = judge_by_machine(events_of("i want two", "yes"), policy, "", caller);
  EXPECT_TRUE(x.cut);
  policy.judge_words = false;
  x = judge_by_machine(events_of("i want a", "table"), policy, "", caller);
  EXPECT_TRUE(x.cut);
  auto one = events_of("yes", "");
  one.resize(3);
  caller.ends = 2000ms;
  policy = default_policy();
  x = judge_by_machine(one, policy, "Is that right?", caller);
  EXPECT_EQ(x.delay, 500ms + policy.end_of_turn_sure);
}

TEST(EndingReport, CountsCutsAndDelays) {
  ending_results all;
  for (auto out : {false, true}) {
    ending x;
    x.said.say = out ? "no" : "yes <700ms> please";
    x.said.kind = "yes-no";
    x.said.held_out = out;
    for (auto& verdict : x.verdicts)
      verdict = {{}, !out, audio_time{out ? 400 : 600}};
    all.endings.push_back(x);
  }
  auto text = to_text(all, false);
  EXPECT_THAT(text, HasSubstr("| all (2) |"));
  EXPECT_THAT(text, HasSubstr("| velox | 1 (50 %) | 400 | 600 | 500 |"));
  EXPECT_THAT(text, HasSubstr("| velox | 1 (100 %) | 600 | 600 | 600 |"));
  EXPECT_THAT(text, HasSubstr("| velox | 0 (0 %) | 400 | 400 | 400 |"));
  EXPECT_THAT(text, HasSubstr("| yes-no | 2 | 1 / 500 |"));
  EXPECT_THAT(missing(all), IsEmpty());
  all.endings[1].verdicts[ms_1000].delay.reset();
  EXPECT_THAT(missing(all),
              testing::ElementsAre(HasSubstr("\"no\" never ends")));
}

} // namespace

} // namespace velox::test
