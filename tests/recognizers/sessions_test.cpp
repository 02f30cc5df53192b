#include "tests/recognizers/listener.hpp"
#include "tests/support/vendors/fake_assemblyai.hpp"
#include "tests/support/vendors/fake_deepgram.hpp"
#include "tests/support/vendors/fake_flux.hpp"
#include "tests/support/vendors/fake_google_speech.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::speech;
using namespace velox::test;
using namespace std::chrono_literals;
using testing::Each;
using testing::HasSubstr;

namespace {

/// What one vendor does in its own way.
template <class Fake>
class Session : public testing::Test {
protected:
  ~Session() override {
    ear.reset();
    EXPECT_TRUE(fake.vendor().wait_until_idle()) << "a connection is left";
  }

  net::vendor vendor() { return way.vendor(fake.vendor().url()); }

  void open(const recognizer_factory& make, const std::string& language = "en",
            std::vector<std::string> phrases = {}) {
    ear = make({"CA1", language, std::move(phrases)}, heard.client());
  }

  void ready() { ASSERT_TRUE(heard.log().wait_for<session_ready>()); }

  vendor_request request() {
    auto seen = fake.vendor().seen();
    EXPECT_FALSE(seen.empty());
    return seen.empty() ? vendor_request{} : seen.back();
  }

  Fake fake;
  outbound_thread way{[] {
    net::outbound_options x;
    x.keep_alive = 50ms;
    return x;
  }()};
  listener heard;
  std::unique_ptr<speech_recognizer> ear;
};

using Deepgram = Session<fake_deepgram>;
using Flux = Session<fake_flux>;
using Assemblyai = Session<fake_assemblyai>;
using Google = Session<fake_google_speech>;

std::string text_of(const audio& x) {
  return {x.begin(), x.end()};
}

} // namespace

// -- Deepgram -----------------------------------------------------------------

TEST_F(Deepgram, SendsAudioByteForByteAndNeverAnEmptyMessage) {
  open(deepgram_recognizer(vendor()), "hi", {"dr. mehta"});
  ready();
  auto x = spelled("hello there");
  ear->hear({});
  feed(*ear, x, 100);
  ASSERT_TRUE(fake.wait_for_audio(x.size()));
  EXPECT_EQ(fake.audio(), text_of(x));
  EXPECT_THAT(fake.audio_sizes(), Each(testing::Gt(0u)));
  EXPECT_EQ(request().header("authorization"), "Token test-key");
  EXPECT_EQ(request().parameter("language"), "multi");
  EXPECT_EQ(request().parameter("keyterm"), "dr. mehta");
}

TEST_F(Deepgram, KeepsTheLastTenSecondsUntilItIsOpen) {
  vendor_trouble trouble;
  trouble.first_byte = 400ms;
  fake.vendor().set_trouble(trouble);
  open(deepgram_recognizer(vendor()));
  auto x = hum(15s, voice_byte);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<uint8_t>(0x80 + i / 8000); // each second its own
  feed(*ear, x);
  ASSERT_TRUE(fake.wait_for_audio(80'000));
  EXPECT_EQ(fake.audio(), text_of(x).substr(x.size() - 80'000));
}

TEST_F(Deepgram, HoldsTheSocketWhileThereIsNoAudio) {
  deepgram_options options;
  options.keep_alive = 30ms;
  open(deepgram_recognizer(vendor(), options));
  // Before any audio only audio holds it.
  EXPECT_TRUE(fake.wait_for_audio(800));
  EXPECT_TRUE(fake.wait_for_text(R"({"type":"KeepAlive"})", 2));
  EXPECT_EQ(fake.audio().size(), 800u);
}

TEST_F(Deepgram, AsksForTheRestAndSaysGoodbye) {
  open(deepgram_recognizer(vendor()));
  ready();
  utter(*ear, spelled("hello"));
  EXPECT_EQ(heard.final().text, "hello");
  ear.reset();
  EXPECT_TRUE(fake.wait_for_text(R"({"type":"CloseStream"})"));
  EXPECT_THAT(fake.texts(), testing::ElementsAre(R"({"type":"Finalize"})",
                                                 R"({"type":"CloseStream"})"));
}

TEST_F(Deepgram, ReportsAQuietSpeaker) {
  open(deepgram_recognizer(vendor()));
  ready();
  feed(*ear, spelled("psst over here")); // and nobody noticed a voice
  hush(*ear);
  EXPECT_EQ(heard.final().text, "psst over here");
}

TEST_F(Deepgram, MakesDoWithWhatThereIs) {
  stt_plan plan;
  plan.finalizes = false;
  plan.endpoints = false;
  fake.set_plan(plan);
  open(deepgram_recognizer(vendor()));
  ready();
  utter(*ear, spelled("call me back "));
  auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(heard.final().text, "call me back");
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 400ms);
}

TEST_F(Deepgram, GivesUpOnADeafVendor) {
  stt_plan plan;
  plan.deaf = true;
  fake.set_plan(plan);
  deepgram_options options;
  options.patience = 50ms;
  open(deepgram_recognizer(vendor(), options));
  ready();
  utter(*ear, spelled("a"));
  EXPECT_EQ(heard.final().text, "");
  utter(*ear, spelled("b"));
  EXPECT_EQ(heard.failure().code, provider_errc::timed_out);
}

TEST_F(Deepgram, TellsWhyItWasClosed) {
  struct test_case {
    uint16_t code;
    std::string reason;
    provider_errc meaning;
    std::string says;
  };
  for (auto& x : std::vector<test_case>{
         {1008, "DATA-0000", provider_errc::bad_request, "1008, DATA-0000"},
         {1011, "see https://dpgr.am/net0001", provider_errc::overloaded,
          "1011, net0001"},
         {1000, "a secret", provider_errc::broken, "(1000)"}}) {
    stt_plan plan;
    plan.closes_at = 1;
    plan.close_code = x.code;
    plan.close_reason = x.reason;
    fake.set_plan(plan);
    listener other;
    ear = deepgram_recognizer(vendor())({"CA1", "en", {}}, other.client());
    utter(*ear, spelled("hello"));
    auto why = other.failure();
    EXPECT_EQ(why.code, x.meaning) << x.code;
    EXPECT_THAT(why.why,
                testing::EndsWith(x.says + (x.says.back() == ')' ? "" : ")")));
    ear.reset();
  }
}

// -- Flux ---------------------------------------------------------------------

TEST_F(Flux, TurnsEndOnSilenceThatNobodySent) {
  open(flux_recognizer(vendor()));
  ready();
  utter(*ear, spelled("hello there"));
  // Not a byte from the caller any more: ours ends the turn.
  auto x = heard.final();
  EXPECT_EQ(x.text, "hello there");
  EXPECT_TRUE(x.turn_over);
  EXPECT_EQ(heard.log().of<words_final>().size(), 1u);
}

TEST_F(Flux, SaysWhenATurnIsLikelyOver) {
  stt_plan plan;
  plan.end_ms = 400;
  fake.set_plan(plan);
  open(flux_recognizer(vendor()));
  ready();
  ear->utterance_began();
  feed(*ear, spelled("my number is"));
  feed(*ear, silence(200)); // half of it: likely over
  feed(*ear, spell("five"));
  feed(*ear, silence(500));
  EXPECT_EQ(heard.final().text, "my number isfive");
  std::vector<turn_hint> hints;
  for (auto& x : heard.log().of<words_partial>())
    if (hints.empty() || hints.back() != x.hint)
      hints.push_back(x.hint);
  EXPECT_THAT(hints,
              testing::ElementsAre(turn_hint::open, turn_hint::likely_over,
                                   turn_hint::open, turn_hint::likely_over));
  // The vendor was quicker than our voice detection.
  ear->utterance_ended();
  EXPECT_EQ(heard.final(1).text, "");
}

TEST_F(Flux, ReleasesATurnThatHangs) {
  stt_plan plan;
  plan.stalls_at = 2;
  fake.set_plan(plan);
  flux_options options;
  options.stalled = 200ms;
  open(flux_recognizer(vendor(), options));
  ready();
  utter(*ear, spelled("hello my friend"));
  EXPECT_EQ(heard.final().text, "hello");
}

TEST_F(Flux, TakesErrorsInBand) {
  stt_plan plan;
  plan.closes_at = 1;
  plan.last_frame
    = R"({"type":"Error","code":"INTERNAL_SERVER_ERROR","description":".."})";
  fake.set_plan(plan);
  open(flux_recognizer(vendor()));
  utter(*ear, spelled("hello"));
  auto why = heard.failure();
  EXPECT_EQ(why.code, provider_errc::overloaded);
  EXPECT_THAT(why.why, HasSubstr("INTERNAL_SERVER_ERROR"));
}

// -- AssemblyAI ---------------------------------------------------------------

TEST_F(Assemblyai, SendsNeitherTooLittleNorTooMuchAtOnce) {
  open(assemblyai_recognizer(vendor()));
  ready();
  auto x = spelled("hello there");
  ear->utterance_began();
  feed(*ear, x, 160); // as a carrier sends them
  ear->utterance_ended();
  ear->hear(silence(2500));
  EXPECT_EQ(heard.final().text, "hello there");
  EXPECT_THAT(fake.audio_sizes(),
              Each(testing::AllOf(testing::Ge(400u), testing::Le(8000u))));
  EXPECT_EQ(request().header("authorization"), "test-key");
}

TEST_F(Assemblyai, ReportsAFormattedTurnOnce) {
  assemblyai_options options;
  options.format_turns = true;
  open(assemblyai_recognizer(vendor(), options));
  ready();
  for (std::size_t i = 0; i < 2; ++i) {
    utter(*ear, spelled("hello"));
    hush(*ear);
    EXPECT_EQ(heard.final(i).text, "hello");
    EXPECT_TRUE(heard.final(i).turn_over);
  }
  EXPECT_EQ(heard.log().of<words_final>().size(), 2u);
  ear.reset();
  EXPECT_TRUE(fake.wait_for_text(R"({"type":"Terminate"})"));
}

TEST_F(Assemblyai, EndsATurnThatHangs) {
  stt_plan plan;
  plan.stalls_at = 2;
  fake.set_plan(plan);
  assemblyai_options options;
  options.stalled = 100ms;
  open(assemblyai_recognizer(vendor(), options));
  ready();
  utter(*ear, spelled("hello my friend"));
  EXPECT_EQ(heard.final().text, "hello");
  EXPECT_TRUE(fake.wait_for_text(R"({"type":"ForceEndpoint"})"));
}

TEST_F(Assemblyai, TellsWhyItWasClosed) {
  stt_plan plan;
  plan.closes_at = 1;
  plan.close_code = 4029;
  fake.set_plan(plan);
  open(assemblyai_recognizer(vendor()));
  utter(*ear, spelled("hello"));
  EXPECT_EQ(heard.failure().code, provider_errc::rate_limited);
}

// -- Google -------------------------------------------------------------------

TEST_F(Google, SendsAnUtteranceWithItsOnset) {
  open(google_recognizer(vendor()), "hi");
  hush(*ear, 5000);
  utter(*ear, spelled("hello"));
  EXPECT_EQ(heard.final().text, "hello");
  EXPECT_EQ(request().header("authorization"), "Bearer test-key");
  // Half a second of what was before at most.
  EXPECT_LE(fake.audio().size(), spelled("hello").size() + 4000);
}

TEST_F(Google, CutsWhatIsTooLong) {
  open(google_recognizer(way.vendor(fake.vendor().url(), "AIza-test")));
  ear->utterance_began();
  feed(*ear, hum(60s, voice_byte));
  feed(*ear, spell("at last"));
  ear->utterance_ended();
  EXPECT_EQ(heard.final().text, "at last");
  EXPECT_EQ(fake.vendor().requests(), 2);
  EXPECT_EQ(request().header("x-goog-api-key"), "AIza-test");
}
