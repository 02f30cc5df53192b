#include "tests/actors/turn_script.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

struct example {
  const char* what;
  const char* events;
  const char* actions;
  const char* state;
};

class TurnMachine : public testing::TestWithParam<example> {};

TEST_P(TurnMachine, Follows) {
  turn_script run;
  EXPECT_EQ(run(GetParam().events), GetParam().actions);
  EXPECT_EQ(run.state(), GetParam().state);
}

/// The same under `interruption::immediate`.
class ImmediateBargeIn : public testing::TestWithParam<example> {};

TEST_P(ImmediateBargeIn, Follows) {
  turn_policy policy;
  policy.interrupts = interruption::immediate;
  turn_script run{policy};
  EXPECT_EQ(run(GetParam().events), GetParam().actions);
  EXPECT_EQ(run.state(), GetParam().state);
}

constexpr auto speaking = "speaking";
constexpr auto thinking = "thinking";
constexpr auto listening = "listening";
constexpr auto finishing = "finishing";
constexpr auto user_speaking = "user speaking";
constexpr auto overlapping = "overlapping";

INSTANTIATE_TEST_SUITE_P(
  TheCaller, TurnMachine,
  testing::Values(
    example{"speaks", "voice +100", "", user_speaking},
    example{"pauses", "voice +800 quiet +100", "", finishing},
    example{"is done after a pause", "voice +800 quiet +200 final:hello +500",
            "words(hello) turn(hello)", thinking},
    example{"is not done before it", "voice +800 quiet +200 final:hello +499",
            "words(hello)", finishing},
    example{"goes on after a short pause",
            "voice +800 quiet +200 final:I_want voice +400 quiet final:tea "
            "+500",
            "words(I want) words(tea) turn(I want tea)", thinking},
    example{"speaks while words come in",
            "voice +800 quiet voice final:I_want +300 quiet +50 final:tea +500",
            "words(I want) words(tea) turn(I want tea)", thinking},
    example{"is not done while words are due",
            "voice +300 quiet +200 voice +300 quiet +100 final:one +900",
            "words(one)", finishing},
    example{"coughs", "voice +300 quiet +200 final:", "", listening},
    example{"mumbles", "voice +700 quiet +200 final:", "turn()", thinking},
    example{"mumbles twice, too shortly each",
            "voice +300 quiet +200 final: voice +300 quiet +200 final:", "",
            listening},
    example{"is understood without having been noticed", "final:hello +500",
            "words(hello) turn(hello)", thinking},
    example{"stops twice", "voice +700 quiet quiet +100 final:hello +500",
            "words(hello) turn(hello)", thinking},
    example{"starts twice", "voice +100 voice +700 quiet final:", "turn()",
            thinking}));

INSTANTIATE_TEST_SUITE_P(
  LateWords, TurnMachine,
  testing::Values(
    example{"are waited for", "voice +700 quiet +2999", "", finishing},
    example{"are given up", "voice +700 quiet +3000", "late(stt,0) turn()",
            thinking},
    example{"leave what was understood so far",
            "voice part:I_want +700 quiet +3000", "late(stt,0) turn(I want)",
            thinking},
    example{"are dropped when they come after all",
            "voice part:tea +700 quiet +3000 floor:1 +500 final:tea",
            "late(stt,0) turn(tea)", thinking},
    example{"are dropped when they come while the agent speaks",
            "voice part:tea +700 quiet +3000 floor:1 started:1 +2999 final:tea",
            "late(stt,0) turn(tea)", speaking},
    example{"are new ones when they are later than that",
            "voice part:tea +700 quiet +3000 floor:1 started:1 +3000 final:no "
            "+500",
            "late(stt,0) turn(tea) words(no) cancel(1) turn(no)", thinking},
    example{"do not pass for those of the next utterance",
            "voice +700 quiet +3000 floor:1 voice +900 quiet final:old "
            "final:new +500",
            "late(stt,0) turn() words(new) cancel(1) turn(new)", thinking}));

INSTANTIATE_TEST_SUITE_P(
  TheAgent, TurnMachine,
  testing::Values(
    example{"thinks", "floor:1 +7999", "", thinking},
    example{"speaks", "floor:1 +300 started:1 +3600000", "", speaking},
    example{"has finished", "floor:1 started:1 +2000 over:1", "", listening},
    example{"has said nothing at all", "floor:1 +100 over:1", "", listening},
    example{"is late, again and again", "floor:1 +16000",
            "late(answer,1) late(answer,1)", thinking},
    example{"is not late any more once it speaks",
            "floor:1 +7999 started:1 +3600000", "", speaking},
    example{"took the floor in an older turn", "floor:2 started:2 floor:1", "",
            speaking},
    example{"started an older turn", "floor:2 started:1", "", thinking},
    example{"finished an older turn", "floor:2 started:2 over:1", "",
            speaking}));

INSTANTIATE_TEST_SUITE_P(
  Cuts, ImmediateBargeIn,
  testing::Values(
    example{"cuts the agent off", "floor:1 started:1 +500 voice", "cancel(1)",
            user_speaking},
    example{"does not cost an answer that is being made", "floor:1 +500 voice",
            "", thinking},
    example{"while it thinks cuts it off when it would begin",
            "floor:1 +500 voice +100 started:1", "cancel(1)", user_speaking},
    example{"becomes a turn",
            "floor:1 started:1 voice +800 quiet final:stop +500",
            "cancel(1) words(stop) turn(stop)", thinking},
    example{"that was a cough resumes",
            "floor:1 started:1 voice +300 quiet +100 final:",
            "cancel(1) resume(1)", thinking},
    example{"of a noise that goes on resumes after two seconds",
            "floor:1 started:1 voice +2000", "cancel(1) resume(1)", thinking},
    example{"does not resume when words are coming",
            "floor:1 started:1 voice +500 part:wait +2000", "cancel(1)",
            user_speaking},
    example{"with words after a false alarm cuts again",
            "floor:1 started:1 voice +2000 floor:2 started:2 part:wait +200 "
            "quiet final:wait_please +500",
            "cancel(1) resume(1) cancel(2) words(wait please) "
            "turn(wait please)",
            thinking},
    example{"by words alone", "floor:1 started:1 final:stop +500",
            "words(stop) cancel(1) turn(stop)", thinking},
    example{"is once per turn",
            "floor:1 started:1 voice +300 quiet +100 voice +300", "cancel(1)",
            user_speaking},
    example{"before the answer cancels it when it comes",
            "voice +700 quiet final:cake +500 voice floor:1 +900 quiet "
            "final:tea +500",
            "words(cake) turn(cake) words(tea) cancel(1) turn(tea)", thinking},
    example{"of a cough before the answer is none",
            "voice +700 quiet final:tea +500 voice floor:1 +200 quiet final:",
            "words(tea) turn(tea)", thinking},
    example{"of a cough before the prompt is none",
            "voice +700 quiet final:tea +500 voice +200 quiet final: floor:1 "
            "started:1",
            "words(tea) turn(tea)", speaking},
    example{"at the very end of a turn ends like one",
            "floor:1 started:1 voice over:1 +700 quiet final:yes +500",
            "cancel(1) words(yes) turn(yes)", thinking},
    example{"of a turn that was heard out after all",
            "floor:1 started:1 voice +300 quiet final: over:1",
            "cancel(1) resume(1)", listening}));

INSTANTIATE_TEST_SUITE_P(
  AProtectedSentence, TurnMachine,
  testing::Values(
    example{"is not cut off by a voice", "protected:1 started:1 voice +5000",
            "", overlapping},
    example{"nor by words",
            "protected:1 started:1 voice part:but +500 quiet "
            "final:but_wait +500",
            "words(but wait)", speaking},
    example{"nor by keys", "protected:1 started:1 key:5 +3000", "words(five)",
            speaking},
    example{"is heard before the caller's words are answered",
            "protected:1 started:1 final:but_wait +5000 over:1 +499",
            "words(but wait)", finishing},
    example{"... but then they are",
            "protected:1 started:1 final:but_wait +5000 over:1 +500",
            "words(but wait) turn(but wait)", thinking},
    example{"has the caller's words answered when only it was protected",
            "protected:1 started:1 final:but_wait +5000 floor:1 +500",
            "words(but wait) cancel(1) turn(but wait)", thinking},
    example{"in the middle of a turn",
            "floor:1 started:1 protected:1 voice +500 floor:1 +100",
            "cancel(1)", user_speaking},
    example{"has the caller's keys answered",
            "protected:1 started:1 key:5 key:# +900 over:1 +0",
            "words(five) turn(five)", thinking},
    example{"leaves words that come later",
            "protected:1 started:1 voice +900 quiet +100 over:1 +200 final:tea "
            "+500",
            "words(tea) turn(tea)", thinking},
    example{"leaves no backchannel behind",
            "protected:1 started:1 voice +900 quiet final:okay over:1", "",
            listening},
    example{"leaves no noise behind",
            "protected:1 started:1 voice +900 quiet final: over:1 voice +200 "
            "quiet final:",
            "", listening},
    example{"gives way to who still speaks",
            "protected:1 started:1 voice +900 over:1 +300 quiet final:yes +500",
            "words(yes) turn(yes)", thinking},
    example{"takes the floor from a caller who speaks",
            "voice +500 protected:1 +100", "", thinking}));

INSTANTIATE_TEST_SUITE_P(
  ANoisyLine, TurnMachine,
  testing::Values(
    example{"is asked about", "voice +10000", "turn()", thinking},
    example{"is not cut off while words come",
            "voice +9000 part:a +9000 part:a_b +9000", "", user_speaking},
    example{"gives what was understood", "voice +1000 part:a +10000", "turn(a)",
            thinking},
    example{"ends after the answer was asked for",
            "voice part:a +10000 floor:1 +2500 quiet +100 final:a_hiss",
            "turn(a)", thinking},
    example{"ends long after the answer was asked for",
            "voice part:a +10000 floor:1 started:1 +9000 quiet +100 "
            "final:a_hiss",
            "turn(a)", speaking},
    example{"does not hide the next turn",
            "voice part:a +10000 floor:1 started:1 +1000 quiet +100 "
            "final:a_hiss over:1 voice +700 quiet +100 final:tea +500",
            "turn(a) words(tea) turn(tea)", thinking},
    example{"that goes on is asked about again",
            "voice +10000 floor:1 started:1 +500 over:1 +10000",
            "turn() turn()", thinking},
    example{"that goes on has one end",
            "voice +10000 floor:1 started:1 +500 over:1 +10000 floor:2 quiet "
            "final:hiss over:2 voice +700 quiet final:tea +500",
            "turn() turn() words(tea) turn(tea)", thinking}));

INSTANTIATE_TEST_SUITE_P(
  ASilentCaller, TurnMachine,
  testing::Values(
    example{"is asked, and asked again",
            "floor:1 started:1 over:1 +8000 floor:2 started:2 over:2 +8000 "
            "floor:3 started:3 over:3 +8000",
            "idle(1) idle(2) idle(3)", listening},
    example{"is not asked too early", "floor:1 started:1 over:1 +7999", "",
            listening},
    example{"is reported again when nothing comes of it",
            "floor:1 over:1 +16000", "idle(1) idle(2)", listening},
    example{"who then speaks starts anew",
            "floor:1 over:1 +8000 floor:2 started:2 over:2 final:yes +500 "
            "floor:3 over:3 +8000",
            "idle(1) words(yes) turn(yes) idle(1)", listening},
    example{"who coughs does not",
            "floor:1 over:1 +8000 floor:2 started:2 "
            "over:2 voice +100 quiet final: +8000",
            "idle(1) idle(2)", listening},
    example{"who presses a key starts anew",
            "floor:1 over:1 +8000 floor:2 over:2 key:1 +2000 floor:3 over:3 "
            "+8000",
            "idle(1) words(one) turn(one) idle(1)", listening}));

INSTANTIATE_TEST_SUITE_P(
  Keys, TurnMachine,
  testing::Values(
    example{"are words", "key:4 +500 key:2 +2000",
            "words(four) words(two) turn(four two)", thinking},
    example{"have a longer pause", "key:4 +1999", "words(four)", finishing},
    example{"end with pound", "key:4 key:2 key:#",
            "words(four) words(two) turn(four two)", thinking},
    example{"know the star", "key:* key:#", "words(star) turn(star)", thinking},
    example{"cut the agent off", "floor:1 started:1 key:1 +2000",
            "words(one) cancel(1) turn(one)", thinking},
    example{"that do not exist are ignored", "key:D +3000", "", listening},
    example{"pound alone is nothing", "key:# +1000", "", listening},
    example{"pound behind a finished entry does not hold up the answer",
            "key:1 +2000 key:# floor:1 +300 started:1", "words(one) turn(one)",
            speaking},
    example{"pound over the agent does not interrupt",
            "floor:1 started:1 key:# +3000", "", speaking},
    example{
      "mix with speech", "voice +700 quiet final:my_number_is key:7 key:#",
      "words(my number is) words(seven) turn(my number is seven)", thinking}));

TEST(TurnPolicy, WithoutBargeInNobodyIsCutOff) {
  turn_policy policy;
  policy.interrupts = interruption::never;
  turn_script run{policy};
  EXPECT_EQ(run("floor:1 started:1 voice +900 part:tea quiet final:tea +500"),
            "words(tea)");
  EXPECT_EQ(run.state(), speaking);
  EXPECT_EQ(run("over:1 voice +900 quiet final:now +500"),
            "words(now) turn(tea now)");
  EXPECT_EQ(run("voice floor:2 +100"), "") << "nor the answer to come";
  EXPECT_EQ(run.state(), thinking);
}

TEST(TurnPolicy, SetsThePauses) {
  turn_policy policy;
  policy.end_of_turn = 900ms;
  policy.keys = 3s;
  policy.idle = 4s;
  policy.noise = 100ms;
  policy.false_alarm = 1s;
  policy.answer_due = 5s;
  turn_script run{policy};
  EXPECT_EQ(run("final:tea +899"), "words(tea)");
  EXPECT_EQ(run("+1"), "turn(tea)");
  EXPECT_EQ(run("floor:1 +4999"), "");
  EXPECT_EQ(run("+1"), "late(answer,1)");
  EXPECT_EQ(run("started:1 voice +1250"), "cancel(1) resume(1)");
  EXPECT_EQ(run("quiet final: floor:2 over:2 +4000"), "idle(1)");
  EXPECT_EQ(run("key:1 +2999"), "words(one)");
  EXPECT_EQ(run("+1 floor:3 over:3 voice +100 quiet final:"),
            "turn(one) turn()");
}

TEST(TurnConfidence, IsThatOfTheWeakestPart) {
  turn_script run;
  run.confidence = 0.9;
  run("final:tea");
  run.confidence = 0.4;
  run("final:cake");
  run.confidence = 0.8;
  run("final:milk +500");
  EXPECT_EQ(run.last_confidence, 0.4);
  run("floor:1 over:1 final:more +500");
  EXPECT_EQ(run.last_confidence, 0.8);
}

TEST(TurnConfidence, IsNotLoweredByWhatWasDropped) {
  turn_script run;
  run.confidence = 0.1;
  run("floor:1 started:1 final:okay over:1");
  run.confidence = 0.9;
  run("final:yes +500");
  EXPECT_EQ(run.last_confidence, 0.9);
}

TEST(TurnMachineTimer, IsOffWhileTheAgentSpeaks) {
  turn_script run;
  EXPECT_EQ(run.next_look(), 8s);
  run("floor:1");
  EXPECT_EQ(run.next_look(), 8s);
  run("started:1");
  EXPECT_FALSE(run.next_look());
  run("over:1");
  EXPECT_EQ(run.next_look(), 8s);
}

} // namespace

} // namespace velox::actors
