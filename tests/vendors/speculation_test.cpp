#include "tests/support/spelled_audio.hpp"
#include "tests/support/vendors/fake_elevenlabs.hpp"
#include "tests/support/vendors/fake_flux.hpp"
#include "tests/support/vendors/fake_openai.hpp"
#include "tests/vendors/stages.hpp"

namespace velox::test {

namespace {

using namespace std::chrono_literals;

/// A recogniser that thinks a turn likely over after ten seconds of silence,
/// and over after twenty. Its clock is the audio, so a test need not wait.
class speculation : public testing::Test {
protected:
  speculation() {
    stt_plan plan;
    plan.end_ms = 20'000;
    ear.set_plan(plan);
    use(rig, "ear", speech::flux_recognizer(rig.vendor(ear.vendor().url())));
    use(rig, "model",
        language::openai_model(rig.vendor(model.server().url()),
                               model_named("gpt")));
    use(rig, "voice",
        speech::elevenlabs_voice(rig.vendor(voice.server().url())));
    rig.start();
    call = rig.dial_and_greet();
    greeting = call.leg->heard_bytes();
    call.leg->audio(hum(100ms, silence_byte));
    EXPECT_TRUE(ear.wait_for_audio(800)); // it is connected
  }

  void pause(caf::timespan span) { call.leg->audio(hum(span, silence_byte)); }

  bool wait_for_requests(int count) {
    return eventually([&] { return model.server().requests() >= count; });
  }

  void expect_end() {
    EXPECT_TRUE(rig.hang_up(call));
    EXPECT_EQ(rig.failures(call), std::vector<std::string>{});
    expect_nothing_left(rig, {&ear.vendor(), &model.server(), &voice.server()});
  }

  fake_flux ear;
  fake_model model{openai_wire()};
  fake_elevenlabs voice;
  call_rig rig;
  test_call call;
  std::size_t greeting = 0; ///< bytes
};

} // namespace

TEST_F(speculation, answer_is_ready_when_the_turn_is_over) {
  call.leg->say("tell me more");
  EXPECT_EQ(model.server().requests(), 0);
  pause(11s);
  ASSERT_TRUE(wait_for_requests(1));
  EXPECT_EQ(call.leg->heard_bytes(), greeting);
  EXPECT_EQ(voice.texts().size(), 1u); // the greeting
  EXPECT_EQ(message_of(rig, call, 2, "user").text, "");

  pause(11s);
  ASSERT_TRUE(rig.wait_for_turn(call, 2));
  EXPECT_EQ(call.leg->heard(2), sound_of({"Good morning to you."}));
  EXPECT_EQ(model.server().requests(), 1);
  EXPECT_EQ(message_of(rig, call, 2, "user").text, "tell me more");
  expect_end();
}

TEST_F(speculation, is_dropped_when_the_caller_goes_on) {
  model.next({{"The first is one. "}, {}, fake_end::held});
  model.next({{"That was all."}});
  call.leg->say("tell me more");
  pause(11s);
  ASSERT_TRUE(wait_for_requests(1));
  EXPECT_EQ(model.server().abandoned(), 0);

  call.leg->say(" about it");
  ASSERT_TRUE(eventually([&] { return model.server().abandoned() == 1; }));
  EXPECT_EQ(call.leg->heard_bytes(), greeting);
  EXPECT_EQ(voice.texts().size(), 1u); // the greeting

  pause(22s);
  ASSERT_TRUE(rig.wait_for_turn(call, 2));
  EXPECT_EQ(call.leg->heard(2), sound_of({"That was all."}));
  EXPECT_EQ(model.server().requests(), 2);
  EXPECT_EQ(message_of(rig, call, 2, "user").text, "tell me more about it");
  EXPECT_EQ(call.leg->heard_bytes(),
            greeting + sound_of({"That was all."}).size());
  expect_end();
}

} // namespace velox::test
