#include "tests/actors/turn_script.hpp"

#include <gtest/gtest.h>

/// Recognisers that judge turns themselves (Deepgram Flux, AssemblyAI).

namespace velox::actors {

namespace {

struct example {
  const char* what;
  const char* events;
  const char* actions;
  const char* state;
};

class TurnJudgement : public testing::TestWithParam<example> {};

TEST_P(TurnJudgement, Decides) {
  turn_script run;
  EXPECT_EQ(run(GetParam().events), GetParam().actions);
  EXPECT_EQ(run.state(), GetParam().state);
}

INSTANTIATE_TEST_SUITE_P(
  Examples, TurnJudgement,
  testing::Values(
    example{"ends the turn without waiting for our own ear",
            "voice open:I open:I_want ended:I_want_tea",
            "words(I want tea) turn(I want tea)", "thinking"},
    example{"waits as long as the turn is held open",
            "voice open:I_want quiet +3000 open:I_want_tea +3000 "
            "ended:I_want_tea",
            "words(I want tea) turn(I want tea)", "thinking"},
    example{"but not for ever", "voice open:I_want quiet +7000",
            "late(stt,0) turn(I want)", "thinking"},
    example{"thinks ahead", "voice open:tea likely:tea quiet", "ahead(tea)",
            "finishing"},
    example{"thinks ahead once", "voice likely:tea likely:tea", "ahead(tea)",
            "user speaking"},
    example{"gives the final time when it has thought ahead",
            "voice likely:tea quiet +6000 ended:tea",
            "ahead(tea) words(tea) turn(tea)", "thinking"},
    example{"takes it back", "voice likely:I_want open:I_want_tea",
            "ahead(I want) wait", "user speaking"},
    example{"takes it back and thinks again",
            "voice likely:a open:a_b likely:a_b ended:a_b",
            "ahead(a) wait ahead(a b) words(a b) turn(a b)", "thinking"},
    example{"hears what our own ear missed", "open:hello", "", "user speaking"},
    example{"and answers it", "open:hello ended:hello",
            "words(hello) turn(hello)", "thinking"},
    example{"interrupts the agent on words alone",
            "floor:1 started:1 open:wait", "cancel(1)", "user speaking"},
    example{"does not think ahead over the agent's voice",
            "protected:1 started:1 likely:wait", "", "speaking"},
    example{"wants no more words of a turn that is over",
            "voice ended:tea quiet floor:1 started:1 over:1 voice open:more "
            "ended:more",
            "words(tea) turn(tea) words(more) turn(more)", "thinking"},
    example{"forgets the noise behind a turn",
            "voice ended:tea quiet final: floor:1 started:1 over:1",
            "words(tea) turn(tea)", "listening"}),
  [](auto& info) { return "Case" + std::to_string(info.index); });

} // namespace

} // namespace velox::actors
