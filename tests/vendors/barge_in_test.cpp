#include "tests/support/spelled_audio.hpp"
#include "tests/support/vendors/fake_azure_speech.hpp"
#include "tests/support/vendors/fake_cartesia.hpp"
#include "tests/support/vendors/fake_deepgram.hpp"
#include "tests/support/vendors/fake_deepgram_speak.hpp"
#include "tests/support/vendors/fake_elevenlabs.hpp"
#include "tests/support/vendors/fake_openai.hpp"
#include "tests/vendors/stages.hpp"

#include <algorithm>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

/// Whether the voice was told to stop, in its vendor's way.
using was_stopped = bool (*)(fake_voice&);

bool told(fake_voice& voice, std::string_view beginning) {
  auto all = voice.commands();
  return std::any_of(all.begin(), all.end(),
                     [&](auto& x) { return x.starts_with(beginning); });
}

/// The caller talks into the second turn, of which the voice has said one piece
/// and the model one sentence; both vendors still have something to give.
void interrupt(call_rig& rig, const test_call& call, fake_model& model,
               fake_voice& voice, was_stopped stopped) {
  model.next({{"The first is one. "}, {}, fake_end::held});
  model.next({{"That was all."}});
  voice.hold_after(1);
  call.leg->say("what is the first");
  ASSERT_TRUE(
    call.leg->wait_for([](auto& leg) { return !leg.heard(2).empty(); }));
  EXPECT_EQ(model.server().abandoned(), 0);
  EXPECT_EQ(call.leg->clears(), 0u);

  call.leg->start_voice();
  ASSERT_TRUE(call.leg->wait_for([](auto& leg) { return leg.clears() > 0; }));
  EXPECT_TRUE(eventually([&] { return model.server().abandoned() == 1; }));
  EXPECT_TRUE(eventually([&] { return stopped(voice); }));

  voice.hold_after(-1); // whatever a vendor says too late comes now
  call.leg->audio(spell("no wait"));
  call.leg->audio(hum(400ms, silence_byte));
  call.leg->stop_voice();
  ASSERT_TRUE(rig.wait_for_turn(call, 3));
}

void expect_barge_in(fake_voice& voice,
                     synthesizer_factory (*make)(net::vendor,
                                                 speech::voice_options),
                     was_stopped stopped) {
  fake_deepgram ear;
  fake_model model{openai_wire()};
  call_rig rig;
  use(rig, "ear", speech::deepgram_recognizer(rig.vendor(ear.vendor().url())));
  use(rig, "model",
      language::openai_model(rig.vendor(model.server().url()),
                             model_named("gpt")));
  use(rig, "voice", make(rig.vendor(voice.server().url()), {}));
  rig.start();
  auto call = rig.dial_and_greet();
  interrupt(rig, call, model, voice, stopped);
  EXPECT_EQ(call.leg->heard_after_clear(2), 0u);
  EXPECT_EQ(call.leg->clears(), 1u);
  auto whole = fake_voice::audio_of("The first is one.");
  auto heard = call.leg->heard(2);
  EXPECT_LT(heard.size(), whole.size());
  EXPECT_TRUE(std::equal(heard.begin(), heard.end(), whole.begin()));
  EXPECT_EQ(call.leg->heard(3), sound_of({"That was all."}));
  EXPECT_TRUE(rig.hang_up(call));
  auto cut = message_of(rig, call, 2, "assistant");
  EXPECT_EQ(cut.text, "The first is one.");
  EXPECT_NE(cut.heard.heard, cut.text);
  EXPECT_EQ(message_of(rig, call, 3, "user").text, "no wait");
  EXPECT_EQ(rig.failures(call), std::vector<std::string>{});
  expect_nothing_left(rig, {&ear.vendor(), &model.server(), &voice.server()});
}

} // namespace

TEST(barge_in, deepgram_is_told_to_clear) {
  fake_deepgram_speak voice;
  expect_barge_in(voice, speech::deepgram_voice,
                  [](auto& x) { return told(x, "Clear"); });
}

TEST(barge_in, elevenlabs_context_is_closed) {
  fake_elevenlabs voice;
  expect_barge_in(voice, speech::elevenlabs_voice,
                  [](auto& x) { return told(x, "close_context"); });
}

TEST(barge_in, cartesia_context_is_cancelled) {
  fake_cartesia voice;
  expect_barge_in(voice, speech::cartesia_voice,
                  [](auto& x) { return told(x, "cancel"); });
}

TEST(barge_in, request_of_a_sentence_is_given_up) {
  fake_azure_speech voice;
  expect_barge_in(voice, speech::azure_voice,
                  [](auto& x) { return x.server().abandoned() > 0; });
}

} // namespace velox::test
