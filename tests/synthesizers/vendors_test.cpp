#include "tests/support/eventually.hpp"
#include "tests/support/vendors/fake_azure_speech.hpp"
#include "tests/support/vendors/fake_cartesia.hpp"
#include "tests/support/vendors/fake_deepgram_speak.hpp"
#include "tests/support/vendors/fake_elevenlabs.hpp"
#include "tests/support/vendors/fake_google_tts.hpp"
#include "tests/support/vendors/fake_openai_speech.hpp"
#include "tests/synthesizers/voice_test.hpp"

#include <thread>

/// What only one vendor does.

using namespace velox;
using namespace velox::speech;
using namespace velox::test;
using namespace std::chrono_literals;

namespace {

const std::string greeting = "Good evening, how can I help?";

class VendorVoice : public testing::Test {
protected:
  std::unique_ptr<speech_synthesizer>
  open(synthesizer_factory (*make)(net::vendor, voice_options),
       fake_voice& fake, voice_transport transport = voice_transport::socket,
       const std::string& voice = "") {
    voice_options options;
    options.transport = transport;
    return make(out.vendor(fake.server().url()),
                options)({"CA1", "en-US", voice}, client.actor());
  }

  /// The words of a sentence, checked to be in order and within its audio.
  std::vector<std::string> words(uint64_t turn, uint32_t index) {
    auto length
      = static_cast<int64_t>(client.record().sentence(turn, index).size() / 8);
    std::vector<std::string> result;
    int64_t before = 0;
    for (auto& x : client.record().words(turn, index)) {
      EXPECT_GE(x.start_ms, before);
      EXPECT_GE(x.end_ms, x.start_ms);
      EXPECT_LE(x.start_ms, length + 1);
      before = x.start_ms;
      result.push_back(x.text);
    }
    return result;
  }

  outbound_thread out;
  voice_client client;
};

const std::vector<std::string> greeting_words
  = {"Good", "evening,", "how", "can", "I", "help?"};

} // namespace

// -- Deepgram
// ------------------------------------------------------------------

TEST_F(VendorVoice, DeepgramIsToldToClear) {
  fake_deepgram_speak fake;
  auto voice = open(deepgram_voice, fake);
  fake.hold_after(1);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_audio(1));
  voice->cancel(1);
  EXPECT_TRUE(fake.wait_for_command("Clear"));
}

TEST_F(VendorVoice, DeepgramMayCloseAnIdleSocket) {
  fake_deepgram_speak fake;
  auto voice = open(deepgram_voice, fake);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_complete(1, 0));
  fake.close_idle(true);
  ASSERT_TRUE(fake.server().wait_until_idle());
  voice->say({2, 0, greeting});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(fake.server().connections(), 2);
  EXPECT_TRUE(client.record().failures().empty());
}

TEST_F(VendorVoice, DeepgramMayLeaveWhileWeSpeakToIt) {
  fake_deepgram_speak fake;
  auto voice = open(deepgram_voice, fake);
  fake.close_after(0, 1000); // it had decided before it heard us
  voice->say({1, 0, greeting});
  ASSERT_TRUE(eventually([&] { return fake.server().connections() >= 2; }));
  // Twice is no accident.
  ASSERT_TRUE(client.wait_failure());
  EXPECT_EQ(client.record().failures()[0].code, provider_errc::broken);
}

TEST_F(VendorVoice, DeepgramsTroubleIsNamedByItsCloseCode) {
  fake_deepgram_speak fake;
  auto voice = open(deepgram_voice, fake);
  fake.close_after(2, 1011);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_failure());
  EXPECT_EQ(client.record().failures()[0].code, provider_errc::overloaded);
}

TEST_F(VendorVoice, DeepgramSparesItsFlushes) {
  fake_deepgram_speak fake;
  auto voice = open(deepgram_voice, fake);
  for (uint32_t i = 0; i < 25; ++i)
    voice->say({1, i, "Short."});
  ASSERT_TRUE(client.wait_complete(1, 18));
  ASSERT_TRUE(fake.wait_for_texts(20)); // the audio does not wait for a Flush
  ASSERT_TRUE(client.record().wait([](const voice_record& x) {
    return x.sentence(1, 19).size() == fake_voice::audio_of("Short.").size();
  }));
  EXPECT_EQ(fake.commands().size(), 19u) << "the next one must wait";
  voice->cancel(1);
  EXPECT_TRUE(fake.wait_for_command("Clear"));
}

TEST_F(VendorVoice, DeepgramTalkingNonsenseIsBroken) {
  fake_deepgram_speak fake;
  fake.talk_nonsense(true);
  auto voice = open(deepgram_voice, fake);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_failure());
  EXPECT_EQ(client.record().failures()[0].code, provider_errc::broken);
}

// -- ElevenLabs
// ----------------------------------------------------------------

TEST_F(VendorVoice, ElevenlabsTimesWords) {
  fake_elevenlabs fake;
  uint64_t turn = 0;
  for (auto transport : {voice_transport::socket, voice_transport::http}) {
    auto voice = open(elevenlabs_voice, fake, transport, "el_abc");
    voice->say({++turn, 0, greeting});
    ASSERT_TRUE(client.wait_complete(turn, 0));
    EXPECT_EQ(words(turn, 0), greeting_words);
  }
  EXPECT_EQ(fake.server().seen()[0].path,
            "/v1/text-to-speech/abc/multi-stream-input");
}

TEST_F(VendorVoice, ElevenlabsNeverHasMoreThanFiveContexts) {
  fake_elevenlabs fake;
  auto voice = open(elevenlabs_voice, fake);
  fake.hold_after(1);
  // Contexts that were cancelled count until they are over: 2, 4, 5.
  for (uint64_t turn = 1; turn <= 3; ++turn) {
    voice->say({turn, 0, greeting});
    if (turn < 3)
      voice->say({turn, 1, greeting});
    ASSERT_TRUE(fake.wait_for_texts(turn < 3 ? 2 * turn : 5));
    voice->cancel(turn);
  }
  voice->say({4, 0, greeting}); // must wait, or the socket is closed
  voice->say({4, 1, greeting});
  client.settle();
  fake.hold_after(-1);
  ASSERT_TRUE(client.wait_complete(4, 1));
  EXPECT_EQ(fake.most_contexts(), 5u);
  EXPECT_TRUE(client.record().failures().empty());
}

// -- Cartesia
// ------------------------------------------------------------------

TEST_F(VendorVoice, CartesiaTimesWords) {
  fake_cartesia fake;
  auto voice = open(cartesia_voice, fake);
  voice->say({1, 0, "Good evening."});
  ASSERT_TRUE(client.wait_complete(1, 0));
  EXPECT_EQ(words(1, 0), (std::vector<std::string>{"Good", "evening."}));
  // The second one begins after 100 ms: it comes with that audio.
  for (auto& x : client.record().audio())
    for (auto& word : x.words)
      EXPECT_TRUE(x.last
                  || word.start_ms * 8
                       < static_cast<int64_t>(x.offset + x.mulaw.size()));
}

TEST_F(VendorVoice, CartesiaIsToldToCancel) {
  fake_cartesia fake;
  auto voice = open(cartesia_voice, fake);
  fake.hold_after(1);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_audio(1));
  voice->cancel(1);
  EXPECT_TRUE(fake.wait_for_command("cancel sentence-1"));
}

TEST_F(VendorVoice, CartesiaRefusesAContext) {
  fake_cartesia fake;
  fake.refuse_context(429);
  auto voice = open(cartesia_voice, fake);
  voice->say({1, 0, greeting, 3});
  ASSERT_TRUE(client.wait_failure());
  EXPECT_EQ(client.record().failures()[0].code, provider_errc::rate_limited);
  EXPECT_EQ(client.record().failures()[0].attempt, 3u);
}

// -- the others
// ----------------------------------------------------------------

TEST_F(VendorVoice, OpenaiMayAnswerInEvents) {
  fake_openai_speech fake;
  auto voice = open(openai_voice, fake);
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_complete(1, 0));
  fake.answer_in_events(true);
  voice->say({2, 0, greeting});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), client.record().sentence(1, 0));
}

TEST_F(VendorVoice, OpenaiBaseUrlMayNameTheVersion) {
  fake_openai_speech fake;
  auto make = openai_voice(out.vendor(fake.server().url() + "/v1"));
  auto voice = make({"CA1", "en-US", "nova"}, client.actor());
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_complete(1, 0));
}

TEST_F(VendorVoice, AzureSpeaksTheLanguageOfItsVoice) {
  fake_azure_speech fake;
  auto voice = open(azure_voice, fake, {}, "hi-IN-MadhurNeural");
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_complete(1, 0));
  EXPECT_EQ(fake.voice(), "hi-IN-MadhurNeural");
}

TEST_F(VendorVoice, HttpVendorsKeepTheirConnection) {
  fake_google_tts fake;
  auto voice = open(google_voice, fake);
  for (uint64_t turn = 1; turn <= 5; ++turn) {
    voice->say({turn, 0, greeting});
    ASSERT_TRUE(client.wait_complete(turn, 0));
  }
  EXPECT_EQ(fake.server().connections(), 1);
  for (auto& x : fake.server().seen())
    EXPECT_TRUE(x.query.empty()) << "a key in a query ends up in logs";
}

TEST_F(VendorVoice, NoVoiceForALanguageIsAnErrorThatSaysSo) {
  fake_deepgram_speak fake;
  auto make = deepgram_voice(out.vendor(fake.server().url()));
  EXPECT_THROW(make({"CA1", "hi-IN", ""}, client.actor()),
               std::invalid_argument);
  EXPECT_EQ(fake.server().connections(), 0);
}
