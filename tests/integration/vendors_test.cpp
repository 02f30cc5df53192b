#include "protocol/g711.hpp"
#include "tests/integration/vendor_calls.hpp"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>

/// Calls through the real program that its vendors work for: real sockets, TLS,
/// real time.

namespace velox::test {

namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class Vendors : public vendor_calls {
protected:
  /// One question and its answer, with all that must be true of it.
  void hold_a_plain_call() {
    ears->expect({"when does the pool open"});
    openai->next(saying({"The pool opens ", "at nine ", "every morning."}));
    auto phone = call({"--to", "+15550100", "--save", wav().string(), "--say",
                       "when does the pool open"});
    EXPECT_EQ(phone.exit_code, 0);
    EXPECT_EQ(phone.said_by("caller"), "when does the pool open\n");
    EXPECT_THAT(phone.said_by("agent"),
                AllOf(HasSubstr("this is Clara"),
                      HasSubstr("The pool opens at nine every morning.")));
    EXPECT_EQ(answered_by(), "openai:gpt-4o-mini|20|9\n");
    EXPECT_EQ(query("SELECT status FROM conversations"), "COMPLETED\n");
  }

  std::filesystem::path wav() const { return dir / "call.wav"; }
};

TEST_F(Vendors, WorkForAnAgentThatNamesNobodyOnceTheirKeysAreThere) {
  start_vendors();
  start_engine();
  hold_a_plain_call();
  EXPECT_THAT(log(), HasSubstr("recognizer=deepgram:nova-3 voice=deepgram "
                               "model=openai:gpt-4o-mini"));
  for (auto& x : ears->server().seen())
    EXPECT_EQ(x.header("authorization"), std::string{"Token "} + deepgram_key);
  for (auto& x : voice->server().seen())
    EXPECT_EQ(x.header("authorization"), std::string{"Token "} + deepgram_key);
  for (auto& x : openai->server().seen())
    EXPECT_EQ(x.header("authorization"), std::string{"Bearer "} + openai_key);
  EXPECT_THAT(openai->bodies(),
              Contains(AllOf(HasSubstr("when does the pool open"),
                             HasSubstr("Riverside Clinic"))));
  expect_discreet_log({"pool"});
  expect_nothing_left();
}

TEST_F(Vendors, HearThePhonesBytesAndAreHeardOnThePhone) {
  start_vendors();
  start_engine();
  hold_a_plain_call();
  auto call = read_recording(wav());
  // The voice: the greeting and the answer, byte for byte.
  EXPECT_TRUE(contains_audio(call.agent, phone_voice::audio_of(greeting)));
  EXPECT_TRUE(contains_audio(
    call.agent, phone_voice::audio_of("The pool opens at nine every "
                                      "morning.")));
  // The ears: what the phone sent, from its first frame on; the last moments
  // may be under way when the call ends.
  auto streams = ears->audio();
  ASSERT_EQ(streams.size(), 1u);
  auto& heard = streams.front();
  ASSERT_LE(heard.size(), call.caller.size());
  EXPECT_GT(heard.size() + 8000, call.caller.size());
  size_t different = 0;
  for (size_t i = 0; i < heard.size(); ++i)
    different
      += mulaw_to_linear(static_cast<uint8_t>(heard[i])) != call.caller[i];
  EXPECT_EQ(different, 0u);
}

TEST_F(Vendors, AreReachedWithoutTlsWhereTheSettingsSaySo) {
  start_vendors(false);
  ASSERT_THAT(environment["DEEPGRAM_URL"], HasSubstr("ws://"));
  ASSERT_THAT(environment["OPENAI_BASE_URL"], HasSubstr("http://"));
  start_engine();
  hold_a_plain_call();
  expect_nothing_left();
}

TEST_F(Vendors, AreCalledOffWhenTheCallerBargesIn) {
  start_vendors();
  start_engine();
  ears->expect({"tell me everything", "stop please"});
  // Five seconds of speech; the model is still at it, and so is the voice.
  openai->next(saying({"First, there is a house with a garden that everybody "
                       "knows. ",
                       "Then there is the old bridge, which is right beside "
                       "the house, and has been there for two hundred years, "
                       "as they say, or longer than that. ",
                       "And last of all"},
                      fake_end::held));
  openai->next(saying({"I have ", "stopped."}));
  auto phone = call({"--to", "+15550100", "--say", "tell me everything",
                     "--barge-in-at", "1.5", "--say", "stop please"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_EQ(phone.of("clear").size(), 1u);
  ASSERT_EQ(phone.of("interrupted").size(), 1u);
  auto cut = phone.of("interrupted").at(0);
  EXPECT_THAT(cut.at("heard") + cut.at("sent"), HasSubstr("First, there is"));
  EXPECT_THAT(cut.at("unsent"), HasSubstr("two hundred years"));
  EXPECT_THAT(phone.said_by("agent"), HasSubstr("I have stopped."));
  EXPECT_EQ(openai->server().abandoned(), 1);
  EXPECT_GE(voice->cancelled(), 1);
  // The model is told what was heard, not what it wanted to say.
  auto bodies = openai->bodies();
  ASSERT_FALSE(bodies.empty());
  EXPECT_THAT(bodies.back(),
              AllOf(HasSubstr("stop please"), Not(HasSubstr("two hundred"))));
  expect_nothing_left();
}

TEST_F(Vendors, GetAChangedKeyWithoutTheLossOfACall) {
  start_vendors();
  constexpr auto new_deepgram = "dg-new-99dd1122ee33";
  constexpr auto new_openai = "sk-new-5544332211";
  auto key_file = [this](const char* name, const std::string& key) {
    auto file = dir / name;
    std::ofstream{file} << key << '\n';
    return file.string();
  };
  environment.erase("DEEPGRAM_API_KEY");
  environment.erase("OPENAI_API_KEY");
  environment["DEEPGRAM_API_KEY_FILE"] = key_file("deepgram", deepgram_key);
  environment["OPENAI_API_KEY_FILE"] = key_file("openai", openai_key);
  start_engine();
  ears->expect({"do you know heliotrope", "and lavender"});
  openai->next(saying({"Heliotrope is ", "in the garden."}));
  openai->next(saying({"Lavender is ", "on the balcony."}));
  int utterances = 0;
  auto change = [&](const report_line& x) {
    if (x.at("event") != "agent-audio-started" || ++utterances != 2)
      return;
    key_file("deepgram", new_deepgram);
    key_file("openai", new_openai);
    openai_keys->replace({new_openai});
    ears->keys().replace({new_deepgram});
    engine->signal(SIGHUP);
    EXPECT_TRUE(wait_for_log("setting=providers.openai.key"));
    EXPECT_TRUE(wait_for_log("setting=providers.deepgram.key"));
  };
  auto phone = call_and({"--to", "+15550100", "--say", "do you know heliotrope",
                         "--say", "and lavender"},
                        change);
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_THAT(phone.said_by("agent"),
              AllOf(HasSubstr("in the garden"), HasSubstr("on the balcony")));
  EXPECT_EQ(ears->server().requests(), 1); // the session has lived through it
  auto asked = openai->server().seen();
  ASSERT_GE(asked.size(), 2u);
  EXPECT_EQ(credentials_of(asked.front()), openai_key);
  EXPECT_EQ(credentials_of(asked.back()), new_openai);
  // The next call listens with the new key.
  ears->expect({"heliotrope again"});
  EXPECT_EQ(call({"--to", "+15550100", "--say", "heliotrope again"}).exit_code,
            0);
  EXPECT_EQ(credentials_of(ears->server().seen().back()), new_deepgram);
  expect_discreet_log({new_deepgram, new_openai, "eliotrope", "avender"});
}

} // namespace

} // namespace velox::test
