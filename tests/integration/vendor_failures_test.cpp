#include "tests/integration/vendor_calls.hpp"
#include "tests/support/vendors/fake_elevenlabs.hpp"
#include "tests/support/vendors/fake_gemini.hpp"

#include <gmock/gmock.h>
#include <ostream>

/// Vendors that fail in the middle of a call through the real program.

namespace velox::test {

namespace {

using ::testing::HasSubstr;

/// How the model that is asked first fails.
struct model_failure {
  const char* name;
  int status; ///< 0: the connection is reset
  int times;  ///< how often; -1: for good
};

std::ostream& operator<<(std::ostream& out, const model_failure& x) {
  return out << x.name;
}

class ModelFailure : public vendor_calls,
                     public ::testing::WithParamInterface<model_failure> {};

TEST_P(ModelFailure, IsMadeUpForByTheNextInTheAgentsList) {
  start_vendors();
  fake_model gemini{gemini_wire()};
  gemini.next(saying({"Gemini says ", "it is at nine."}));
  environment["GEMINI_API_KEY"] = "test-key";
  environment["GEMINI_BASE_URL"] = gemini.server().url();
  start_engine("  models: [openai, gemini]\n");
  if (GetParam().status > 0)
    openai->refuse(GetParam().status, GetParam().times);
  else
    openai->next(saying({"Half a"}, fake_end::reset));
  ears->expect({"when does the pool open"});
  auto phone = call({"--to", "+15550100", "--say", "when does the pool open"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_THAT(phone.said_by("agent"), HasSubstr("Gemini says it is at nine."));
  EXPECT_EQ(answered_by().substr(0, 7), "gemini:");
  EXPECT_GE(openai->server().requests(), 1);
  EXPECT_EQ(query("SELECT status FROM conversations"), "COMPLETED\n");
  expect_discreet_log({"pool"});
  expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(All, ModelFailure,
                         ::testing::Values(model_failure{"RateLimit", 429, -1},
                                           model_failure{"Error", 500, -1},
                                           model_failure{"Reset", 0, 1}),
                         [](auto& x) { return x.param.name; });

class VendorFailure : public vendor_calls {};

TEST_F(VendorFailure, OfAVoiceMidSentenceIsMadeUpForByTheNext) {
  start_vendors();
  fake_elevenlabs other;
  environment["ELEVENLABS_API_KEY"] = "test-key";
  environment["ELEVENLABS_URL"] = other.server().url();
  start_engine("  voices: [deepgram, elevenlabs]\n");
  voice->die_at("hundred years");
  ears->expect({"tell me about the bridge"});
  openai->next(saying(
    {"The bridge is two hundred years old, ", "and it leads over the river."}));
  auto phone = call({"--to", "+15550100", "--save", (dir / "a.wav").string(),
                     "--say", "tell me about the bridge"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_TRUE(voice->was_asked("hundred years"));
  auto texts = other.texts();
  ASSERT_FALSE(texts.empty());
  EXPECT_THAT(texts.back(), HasSubstr("river"));
  // It is what the caller hears, too.
  auto audio = fake_voice::audio_of(texts.back());
  EXPECT_TRUE(contains_audio(
    read_recording(dir / "a.wav").agent,
    {reinterpret_cast<const char*>(audio.data()), audio.size()}));
  EXPECT_EQ(query("SELECT status FROM conversations"), "COMPLETED\n");
  expect_nothing_left();
}

TEST_F(VendorFailure, OfARecogniserMidWordLosesNoWord) {
  start_vendors();
  start_engine();
  ears->expect({"when does the pool open"});
  ears->reset_once();
  openai->next(saying({"At nine."}));
  auto phone = call({"--to", "+15550100", "--say", "when does the pool open"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_EQ(phone.said_by("caller"), "when does the pool open\n");
  EXPECT_THAT(phone.said_by("agent"), HasSubstr("At nine."));
  EXPECT_GE(ears->audio().size(), 2u);
  EXPECT_EQ(query("SELECT status FROM conversations"), "COMPLETED\n");
  expect_nothing_left();
}

TEST_F(VendorFailure, OfAllModelsEndsTheCallWithAnApology) {
  start_vendors();
  fake_model gemini{gemini_wire()};
  environment["GEMINI_API_KEY"] = "test-key";
  environment["GEMINI_BASE_URL"] = gemini.server().url();
  start_engine("  models: [openai, gemini]\n");
  openai->refuse(500, -1);
  gemini.refuse(503, -1);
  ears->expect({"when does the pool open", "hello", "are you there"});
  auto phone = call({"--to", "+15550100", "--save", (dir / "a.wav").string(),
                     "--say", "when does the pool open", "--say", "hello there",
                     "--say", "are you still there"});
  constexpr auto apology = "I'm sorry, something went wrong on our side. "
                           "Please call again in a moment.";
  EXPECT_THAT(phone.said_by("agent"), HasSubstr("something went wrong"));
  EXPECT_TRUE(contains_audio(read_recording(dir / "a.wav").agent,
                             phone_voice::audio_of(apology)));
  EXPECT_EQ(query("SELECT status, ended_because FROM conversations"),
            "FAILED|providers-failed\n");
  // The carrier asked what comes next: the person who is there for such cases.
  std::string verbs;
  for (auto& x : phone.of("verb"))
    verbs += x.at("verb") + ":" + x.at("detail") + "\n";
  EXPECT_EQ(verbs, "Redirect:" + url + "/voice/resume\nDial:+15550101\n");
  expect_discreet_log({"pool"});
  expect_nothing_left();
}

} // namespace

} // namespace velox::test
