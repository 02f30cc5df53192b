#include "tests/support/spelled_audio.hpp"
#include "tests/support/vendors/fake_anthropic.hpp"
#include "tests/support/vendors/fake_assemblyai.hpp"
#include "tests/support/vendors/fake_azure_speech.hpp"
#include "tests/support/vendors/fake_cartesia.hpp"
#include "tests/support/vendors/fake_deepgram.hpp"
#include "tests/support/vendors/fake_deepgram_speak.hpp"
#include "tests/support/vendors/fake_elevenlabs.hpp"
#include "tests/support/vendors/fake_flux.hpp"
#include "tests/support/vendors/fake_gemini.hpp"
#include "tests/support/vendors/fake_google_speech.hpp"
#include "tests/support/vendors/fake_google_tts.hpp"
#include "tests/support/vendors/fake_ollama.hpp"
#include "tests/support/vendors/fake_openai.hpp"
#include "tests/support/vendors/fake_openai_speech.hpp"
#include "tests/vendors/stages.hpp"

namespace velox::test {

namespace {

using namespace std::chrono_literals;

std::string bytes_of(const std::vector<uint8_t>& x) {
  return {x.begin(), x.end()};
}

/// What a whole call is made of.
struct happy {
  stt_fake& ear;
  fake_model& model;
  fake_voice& voice;
  std::string answered_by;
  bool all_audio = false; ///< the recogniser gets what the caller sent, exactly
  bool exact_voice = true; ///< the voice is mu-law, so nothing is converted
};

void answer_two_turns(call_rig& rig, const happy& x, const test_call& call) {
  x.model.next({{"The first ", "is one. The sec", "ond is two."}});
  call.leg->say("what is the first");
  ASSERT_TRUE(rig.wait_for_turn(call, 2));
  x.model.next({{"That was all."}});
  call.leg->say("and then");
  ASSERT_TRUE(rig.wait_for_turn(call, 3));
}

void check_sound(const happy& x, const vendor_leg& leg) {
  auto greeting = sound_of({"Hello there."});
  auto second = sound_of({"The first is one.", "The second is two."});
  auto third = sound_of({"That was all."});
  if (x.exact_voice) {
    EXPECT_EQ(leg.heard(1), greeting);
    EXPECT_EQ(leg.heard(2), second);
    EXPECT_EQ(leg.heard(3), third);
    return;
  }
  // 24 kHz made 8 kHz: as long, within a frame of the resampler per sentence.
  EXPECT_NEAR(static_cast<double>(leg.heard(1).size()), greeting.size(), 160);
  EXPECT_NEAR(static_cast<double>(leg.heard(2).size()), second.size(), 320);
  EXPECT_NEAR(static_cast<double>(leg.heard(3).size()), third.size(), 160);
}

void check_record(call_rig& rig, const happy& x, const test_call& call) {
  EXPECT_EQ(message_of(rig, call, 2, "user").text, "what is the first");
  auto answer = message_of(rig, call, 2, "assistant");
  EXPECT_EQ(answer.text, "The first is one. The second is two.");
  EXPECT_EQ(answer.heard.heard, answer.text);
  EXPECT_EQ(answer.model, x.answered_by);
  EXPECT_EQ(answer.usage.prompt, 20);
  EXPECT_EQ(answer.usage.completion, 9);
  EXPECT_EQ(message_of(rig, call, 3, "user").text, "and then");
  EXPECT_EQ(rig.conversation(call).ended_because, "caller-hung-up");
  EXPECT_EQ(rig.failures(call), std::vector<std::string>{});
}

void check_recogniser(const happy& x, const vendor_leg& leg) {
  EXPECT_TRUE(!x.all_audio || x.ear.audio() == leg.spoken());
  for (auto text : {"what is the first", "and then"})
    EXPECT_NE(x.ear.audio().find(bytes_of(spell(text))), std::string::npos)
      << text;
}

/// One call of two questions from the greeting to the end.
void expect_happy_call(call_rig& rig, const happy& x) {
  rig.start();
  auto call = rig.dial_and_greet();
  answer_two_turns(rig, x, call);
  check_sound(x, *call.leg);
  EXPECT_TRUE(rig.hang_up(call));
  check_recogniser(x, *call.leg);
  check_record(rig, x, call);
  expect_nothing_left(rig,
                      {&x.ear.vendor(), &x.model.server(), &x.voice.server()});
}

} // namespace

TEST(happy_call, deepgram_openai_elevenlabs) {
  fake_deepgram ear;
  fake_model model{openai_wire()};
  fake_elevenlabs voice;
  call_rig rig;
  use(rig, "deepgram",
      speech::deepgram_recognizer(rig.vendor(ear.vendor().url())));
  use(rig, "openai",
      language::openai_model(rig.vendor(model.server().url()),
                             model_named("gpt-4o-mini")));
  use(rig, "elevenlabs",
      speech::elevenlabs_voice(rig.vendor(voice.server().url())));
  expect_happy_call(rig, {ear, model, voice, "openai:gpt-4o-mini", true});
}

TEST(happy_call, flux_gemini_deepgram_speak) {
  fake_flux ear;
  fake_model model{gemini_wire()};
  fake_deepgram_speak voice;
  call_rig rig;
  use(rig, "flux", speech::flux_recognizer(rig.vendor(ear.vendor().url())));
  use(rig, "gemini",
      language::gemini_model(rig.vendor(model.server().url()),
                             model_named("gemini-2.5-flash")));
  use(rig, "speak", speech::deepgram_voice(rig.vendor(voice.server().url())));
  expect_happy_call(rig, {ear, model, voice, "gemini:gemini-2.5-flash"});
}

TEST(happy_call, assemblyai_anthropic_cartesia) {
  fake_assemblyai ear;
  fake_model model{anthropic_wire()};
  fake_cartesia voice;
  call_rig rig;
  use(rig, "assemblyai",
      speech::assemblyai_recognizer(rig.vendor(ear.vendor().url())));
  use(rig, "anthropic",
      language::anthropic_model(rig.vendor(model.server().url()),
                                model_named("claude-haiku")));
  use(rig, "cartesia",
      speech::cartesia_voice(rig.vendor(voice.server().url())));
  expect_happy_call(rig, {ear, model, voice, "anthropic:claude-haiku"});
}

/// Everything by plain requests, with the three voices that have no other way.
template <class Voice>
void expect_call_by_requests(synthesizer_factory (*make)(net::vendor,
                                                         speech::voice_options),
                             bool exact) {
  fake_google_speech ear;
  fake_model model{ollama_wire()};
  Voice voice;
  call_rig rig;
  use(rig, "google", speech::google_recognizer(rig.vendor(ear.vendor().url())));
  use(rig, "ollama",
      language::ollama_model(rig.vendor(model.server().url()),
                             model_named("llama3.2")));
  use(rig, "voice", make(rig.vendor(voice.server().url()), {}));
  expect_happy_call(rig, {ear, model, voice, "ollama:llama3.2", false, exact});
}

TEST(happy_call, google_ollama_azure) {
  expect_call_by_requests<fake_azure_speech>(speech::azure_voice, true);
}

TEST(happy_call, google_ollama_google) {
  expect_call_by_requests<fake_google_tts>(speech::google_voice, true);
}

TEST(happy_call, google_ollama_openai_voice) {
  expect_call_by_requests<fake_openai_speech>(speech::openai_voice, false);
}

} // namespace velox::test
