#include "tests/actors/turn_script.hpp"

#include <gtest/gtest.h>

/// Talking like a person: who interrupts whom, what a listener may say, and how
/// long a pause is.

namespace velox::actors {

namespace {

struct example {
  const char* what;
  interruption interrupts;
  const char* events;
  const char* actions;
  const char* state;
};

class TurnManners : public testing::TestWithParam<example> {};

TEST_P(TurnManners, Are) {
  turn_policy policy;
  policy.interrupts = GetParam().interrupts;
  turn_script run{policy};
  EXPECT_EQ(run(GetParam().events), GetParam().actions) << GetParam().what;
  EXPECT_EQ(run.state(), GetParam().state) << GetParam().what;
}

std::string number_of(const testing::TestParamInfo<example>& x) {
  return "Case" + std::to_string(x.index);
}

constexpr auto at_once = interruption::immediate;
constexpr auto by_ms = interruption::milliseconds;
constexpr auto by_words = interruption::words;
constexpr auto never = interruption::never;

INSTANTIATE_TEST_SUITE_P(
  Interrupting, TurnManners,
  testing::Values(
    example{"a voice that has just begun", by_ms,
            "floor:1 started:1 voice +249", "", "overlapping"},
    example{"a voice that lasts", by_ms, "floor:1 started:1 voice +250",
            "cancel(1)", "user speaking"},
    example{"a click", by_ms,
            "floor:1 started:1 voice +200 quiet +100 final:", "", "speaking"},
    example{"words come first", by_ms, "floor:1 started:1 voice +100 part:stop",
            "cancel(1)", "user speaking"},
    example{"a listener's sound, then a long voice", by_ms,
            "floor:1 started:1 voice +100 part:mm +899", "", "overlapping"},
    example{"... which is more than that", by_ms,
            "floor:1 started:1 voice +100 part:mm +900", "cancel(1)",
            "user speaking"},
    example{"a listener's sound that goes on with words", by_ms,
            "floor:1 started:1 voice +100 part:yeah +100 part:yeah_but",
            "cancel(1)", "user speaking"},
    example{"half a listener's word", by_ms,
            "floor:1 started:1 voice +100 part:ok +300", "", "overlapping"},
    example{"one word of two", by_words,
            "floor:1 started:1 voice +900 part:tea +3000", "", "overlapping"},
    example{"two words", by_words,
            "floor:1 started:1 voice +900 part:tea_please", "cancel(1)",
            "user speaking"},
    example{"a listener's words are none", by_words,
            "floor:1 started:1 voice +900 part:okay_right_tea", "",
            "overlapping"},
    example{"too few words are answered later", by_words,
            "floor:1 started:1 voice +300 quiet final:tea +3000 over:1 +500",
            "words(tea) turn(tea)", "thinking"},
    example{"words add up", by_words,
            "floor:1 started:1 final:tea +900 final:please +500",
            "words(tea) words(please) cancel(1) turn(tea please)", "thinking"},
    example{"nobody", never, "floor:1 started:1 voice +5000 part:a_b_c", "",
            "overlapping"},
    example{"... is answered when the agent was heard", never,
            "floor:1 started:1 voice +900 quiet final:tea over:1 +500",
            "words(tea) turn(tea)", "thinking"},
    example{"... but keys do", never, "floor:1 started:1 key:1 +2000",
            "words(one) cancel(1) turn(one)", "thinking"}),
  number_of);

INSTANTIATE_TEST_SUITE_P(
  Backchannels, TurnManners,
  testing::Values(
    example{"beside the agent's voice", by_ms,
            "floor:1 started:1 voice +200 quiet +200 final:mm-hm +2000", "",
            "speaking"},
    example{"... leave nothing behind", by_ms,
            "floor:1 started:1 final:okay +2000 over:1", "", "listening"},
    example{"where the voice has cut already", at_once,
            "floor:1 started:1 voice +400 quiet +200 final:mm-hm",
            "cancel(1) resume(1)", "thinking"},
    example{"... by its length", by_ms,
            "floor:1 started:1 voice +400 quiet +200 final:okay_right",
            "cancel(1) resume(1)", "thinking"},
    example{"stop is none", at_once,
            "floor:1 started:1 voice +400 quiet +200 final:stop +500",
            "cancel(1) words(stop) turn(stop)", "thinking"},
    example{"no is none", by_ms, "floor:1 started:1 final:no +500",
            "words(no) cancel(1) turn(no)", "thinking"},
    example{"wait is none", by_ms, "floor:1 started:1 final:wait +500",
            "words(wait) cancel(1) turn(wait)", "thinking"},
    example{"okay is an answer when the agent is done", by_ms,
            "floor:1 started:1 asked:1:Is_that_right? over:1 +300 voice +300 "
            "quiet final:okay +200",
            "words(okay) turn(okay)", "thinking"},
    example{"... and when it is said with the last word", by_ms,
            "floor:1 started:1 asked:1:Is_that_right? voice +200 quiet +200 "
            "final:yes +300 over:1 +200",
            "words(yes) turn(yes)", "thinking"},
    example{"... but not before", by_ms,
            "floor:1 started:1 asked:1:Is_that_right? voice +200 quiet +200 "
            "final:yes +1001 over:1 +200",
            "", "listening"},
    example{"... nor when nothing was asked", by_ms,
            "floor:1 started:1 asked:1:It_is_done. voice +200 quiet +200 "
            "final:yes +300 over:1 +200",
            "", "listening"},
    example{"of a caller who was not interrupting", by_ms,
            "voice +300 floor:1 +200 quiet final:yes +500",
            "cancel(1) words(yes) turn(yes)", "thinking"}),
  number_of);

INSTANTIATE_TEST_SUITE_P(
  FalseAlarms, TurnManners,
  testing::Values(
    example{"nothing understood", by_ms,
            "floor:1 started:1 voice +300 quiet +100 final:",
            "cancel(1) resume(1)", "thinking"},
    example{"a recogniser that says nothing", by_ms,
            "floor:1 started:1 voice +300 quiet +1949", "cancel(1)",
            "finishing"},
    example{"... is not waited for longer", by_ms,
            "floor:1 started:1 voice +300 quiet +1950", "cancel(1) resume(1)",
            "thinking"},
    example{"noise does not cut what goes on", at_once,
            "floor:1 started:1 voice +2000 floor:2 +300 started:2 +5000",
            "cancel(1) resume(1)", "speaking"},
    example{"there was nothing to go on with", by_ms,
            "floor:1 started:1 voice +300 quiet +100 final: over:1",
            "cancel(1) resume(1)", "listening"}),
  number_of);

INSTANTIATE_TEST_SUITE_P(
  Thinking, TurnManners,
  testing::Values(
    example{"a cough costs nothing", at_once,
            "floor:1 +500 voice +400 quiet +200 final: +300 started:1", "",
            "speaking"},
    example{"hello?", by_ms, "floor:1 +3000 voice +400 quiet +200 final:Hello?",
            "presence(1)", "thinking"},
    example{"are you there?", by_ms,
            "floor:1 +3000 voice part:hello_are +900 quiet "
            "final:Hello?_Are_you_there?",
            "presence(1)", "thinking"},
    example{"before the answer has a number", by_ms,
            "final:tea +500 final:hello? floor:1",
            "words(tea) turn(tea) presence(1)", "thinking"},
    example{"other words are part of the turn", by_ms,
            "final:tea +500 floor:1 +300 voice part:and_milk +500 quiet "
            "final:and_milk +500",
            "words(tea) turn(tea) cancel(1) words(and milk) turn(and milk)",
            "thinking"},
    example{"... also before it has a number", by_ms,
            "final:tea +500 voice +500 quiet final:and_milk floor:1 +500",
            "words(tea) turn(tea) words(and milk) cancel(1) turn(and milk)",
            "thinking"},
    example{"a listener's sound is none", by_ms,
            "final:tea +500 floor:1 +300 final:okay +300 started:1",
            "words(tea) turn(tea)", "speaking"},
    example{"a voice that has lasted when the answer begins", by_ms,
            "floor:1 voice +300 started:1", "cancel(1)", "user speaking"},
    example{"a voice that has not", by_ms, "floor:1 voice +200 started:1 +49",
            "", "overlapping"},
    example{"the answer was heard out before the call had another", by_ms,
            "floor:1 started:1 over:1 final:tea +500 over:1",
            "words(tea) turn(tea)", "thinking"}),
  number_of);

INSTANTIATE_TEST_SUITE_P(
  Pauses, TurnManners,
  testing::Values(
    example{"after yes to a yes/no question", by_ms,
            "floor:1 started:1 asked:1:Is_that_right? over:1 final:yes +200",
            "words(yes) turn(yes)", "thinking"},
    example{"after yes alone", by_ms, "final:yes +499", "words(yes)",
            "finishing"},
    example{"after a goodbye", by_ms, "final:no_thank_you +200",
            "words(no thank you) turn(no thank you)", "thinking"},
    example{"in the middle", by_ms, "final:I_want_a +1799", "words(I want a)",
            "finishing"},
    example{"... is not for ever", by_ms, "final:I_want_a +1800",
            "words(I want a) turn(I want a)", "thinking"},
    example{"of one who goes on", by_ms,
            "final:my_number_is_five_five +1500 final:five_oh_one_three_four_"
            "two_one_two +200",
            "words(my number is five five) words(five oh one three four two "
            "one two) turn(my number is five five five oh one three four two "
            "one two)",
            "thinking"},
    example{"on a line that never falls silent", by_ms,
            "voice part:tea +100 quiet final:tea +400 voice +2900 quiet +50 "
            "voice +2900 quiet +50 voice +2900 quiet +50 voice +2900",
            "words(tea) turn(tea)", "thinking"},
    example{"with late copies of what was said", by_ms,
            "voice +500 part:tea quiet final:tea part:tea +500",
            "words(tea) turn(tea)", "thinking"}),
  number_of);

INSTANTIATE_TEST_SUITE_P(
  Keys, TurnManners,
  testing::Values(
    example{"as many as were asked for", by_ms,
            "floor:1 started:1 asked:1:2:Your_code? over:1 key:4 key:2",
            "words(four) words(two) turn(four two)", "thinking"},
    example{"fewer than that", by_ms,
            "floor:1 started:1 asked:1:3:Your_code? over:1 key:4 key:2 +2000",
            "words(four) words(two) turn(four two)", "thinking"},
    example{"over the question", by_ms,
            "floor:1 started:1 asked:1:2:Your_code? key:4 +100 key:2",
            "words(four) cancel(1) words(two) turn(four two)", "thinking"},
    example{"beside words", by_ms,
            "voice part:press +500 key:1 key:# +200 quiet +100 "
            "final:pressing_one",
            "words(one) words(pressing one) turn(one pressing one)",
            "thinking"},
    example{"whose tones pass for a voice", by_ms,
            "voice key:1 +100 quiet voice key:# +100 quiet +100 final: final:",
            "words(one) turn(one)", "thinking"},
    example{"one complete entry while an answer is made", by_ms,
            "floor:1 asked:1:1:Which? key:1", "words(one) cancel(1) turn(one)",
            "thinking"}),
  number_of);

TEST(TurnKeys, AreToldAsTheyWerePressed) {
  turn_script run;
  run("key:0 key:4 key:* key:#");
  EXPECT_EQ(run.last_keys, "04*");
  run("floor:1 over:1 final:tea +500");
  EXPECT_EQ(run.last_keys, "");
}

TEST(TurnKeys, MayEndOtherwise) {
  turn_policy policy;
  policy.keys_end = '*';
  turn_script run{policy};
  EXPECT_EQ(run("key:# key:1 key:*"),
            "words(pound) words(one) turn(pound one)");
  EXPECT_EQ(run.last_keys, "#1");
  policy.keys_end = 0;
  policy.most_keys = 2;
  turn_script two{policy};
  EXPECT_EQ(two("key:# key:*"), "words(pound) words(star) turn(pound star)");
}

TEST(TurnLanguage, DecidesWhatAListenerSays) {
  turn_policy policy;
  policy.language = "de-DE";
  turn_script german{policy};
  EXPECT_EQ(german("floor:1 started:1 final:ja_genau"), "");
  EXPECT_EQ(german("over:1 final:ich_will_und +1799"), "words(ich will und)");
  policy.backchannels = {"roger"};
  turn_script own{policy};
  EXPECT_EQ(own("floor:1 started:1 final:roger"), "");
  EXPECT_EQ(own("final:ja"), "words(ja) cancel(1)");
}

TEST(TurnJudging, MayBeOff) {
  turn_policy policy;
  policy.judge_words = false;
  turn_script run{policy};
  EXPECT_EQ(run("final:I_want_a +500"), "words(I want a) turn(I want a)");
}

} // namespace

} // namespace velox::actors
