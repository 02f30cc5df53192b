#include "adapters/language/scripted/agent_talk.hpp"

#include "adapters/language/scripted/agent_file.hpp"
#include "adapters/language/scripted/dialogue.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::language;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

/// A small agent with these lines added at the top level.
agent_parsed with(const std::string& more) {
  return parse("name: Clara\n"
               "phone_number: \"+15550100\"\n"
               "greeting: Hello.\n"
               "intents:\n"
               "  - {name: hours, key: \"1\", phrases: [when are you open], "
               "answers: All day.}\n"
               "  - {name: code, phrases: [my code], answers: Thanks., slots: "
               "[{name: pin, type: number, ask: Your code, digits: 4}]}\n"
               "  - {name: dial, key: \"12\", phrases: [dial], answers: "
               "Dialling., press: \"1w2#\"}\n"
               + more);
}

talk of(const std::string& more) {
  auto file = with(more);
  EXPECT_TRUE(file.value) << (file.errors.empty() ? "" : file.errors[0]);
  return file.value ? file.value->talk : talk{};
}

std::string problem(const std::string& more) {
  auto file = with(more);
  return file.errors.empty() ? "none" : file.errors[0];
}

dialogue talker() {
  return {std::make_shared<const agent>(with("").value.value()),
          [] { return moment{}; }};
}

prompt said(const std::string& text, const std::string& keys = {}) {
  prompt x;
  x.turn = 2;
  x.history = {{"assistant", "Hello.", false}, {"user", text, false}};
  x.keys = keys;
  return x;
}

} // namespace

TEST(AgentTalk, LeavesTheEnginesPolicyAlone) {
  turn_policy engine;
  engine.end_of_turn = 321ms;
  engine.interrupts = interruption::words;
  auto x = apply(of(""), engine);
  EXPECT_EQ(x.end_of_turn, 321ms);
  EXPECT_EQ(x.interrupts, interruption::words);
  EXPECT_EQ(x.language, "en-US");
}

TEST(AgentTalk, ChangesWhatItNames) {
  auto x = of("talk:\n"
              "  interruption: words\n"
              "  interruption_words: 3\n"
              "  interruption_voice: 400ms\n"
              "  backchannels: [yo, sure]\n"
              "  protected: [Calls are recorded.]\n"
              "  sensitivity: 0.8\n"
              "  end_of_turn: 600ms\n"
              "  end_of_turn_sure: 100ms\n"
              "  end_of_turn_unsure: 2500ms\n"
              "  judge_words: false\n"
              "  keys_pause: 3s\n"
              "  keys_most: 6\n"
              "  keys_end: \"*\"\n"
              "  keys_in_band: false\n"
              "  filler_after: 1s\n"
              "  filler_again: 0s\n"
              "  idle_after: 5s\n"
              "  idle_prompts: 1\n"
              "  warn_before: 30s\n"
              "  ambience: typing\n");
  auto turns = apply(x, {});
  EXPECT_EQ(turns.interrupts, interruption::words);
  EXPECT_EQ(turns.least_words, 3u);
  EXPECT_EQ(turns.least_voice, 400ms);
  EXPECT_THAT(turns.backchannels, ElementsAre("yo", "sure"));
  EXPECT_EQ(turns.end_of_turn, 150ms) << "450 ms are over when it hears";
  EXPECT_EQ(turns.end_of_turn_sure, 0ms);
  EXPECT_EQ(turns.end_of_turn_unsure, 2050ms);
  EXPECT_FALSE(turns.judge_words);
  EXPECT_EQ(turns.keys, 3s);
  EXPECT_EQ(turns.most_keys, 6u);
  EXPECT_EQ(turns.keys_end, '*');
  EXPECT_EQ(turns.idle, 5s);
  auto& how = x.manners;
  EXPECT_THAT(how.protected_sentences, ElementsAre("Calls are recorded."));
  EXPECT_EQ(how.sensitivity, 0.8);
  EXPECT_FALSE(how.keys_in_band);
  EXPECT_EQ(how.filler_after, 1s);
  EXPECT_EQ(how.filler_again, 0s);
  EXPECT_EQ(how.idle_prompts, 1u);
  EXPECT_EQ(how.warn_before, 30s);
  EXPECT_EQ(how.ambience, "typing");
  EXPECT_FALSE(how.record);
}

TEST(AgentTalk, ReadsWhatToDoWithMachines) {
  auto x = of("voicemail: {then: leave_message, message: Call us back.}\n");
  EXPECT_EQ(x.manners.when_machine, voicemail::leave_message);
  EXPECT_EQ(x.manners.voicemail_message, "Call us back.");
}

TEST(AgentTalk, RecordsOnlyWithItsSection) {
  auto x = of("recording: {consent: asked, question: \"May we record?\"}\n");
  EXPECT_TRUE(x.manners.record);
  EXPECT_EQ(x.manners.consent, recording_consent::asked);
  EXPECT_EQ(x.recording_question, "May we record?");
}

TEST(AgentTalk, ReadsLanguagesAndPronunciations) {
  auto x = of("languages: [{language: es-ES, voice: lola, prompt: Sé breve.}]\n"
              "pronunciations: [{word: Velox, say_as: vee locks}]\n");
  ASSERT_EQ(x.languages.size(), 1u);
  EXPECT_EQ(x.languages[0].name, "Spanish");
  EXPECT_EQ(x.languages[0].voice, "lola");
  EXPECT_NE(x.languages[0].lines.still_there, agent_lines{}.still_there);
  ASSERT_EQ(x.pronunciations.size(), 1u);
  EXPECT_EQ(x.pronunciations[0].say_as, "vee locks");
}

TEST(AgentTalk, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(problem("talk: {interruption: perhaps}\n"),
              HasSubstr("'interruption' must be one of immediate, "
                        "milliseconds, words, never"));
  EXPECT_THAT(problem("talk: {end_of_turn: soon}\n"),
              HasSubstr("'end_of_turn' must be a duration from 0"));
  EXPECT_THAT(problem("talk: {idle_after: 1ms}\n"), HasSubstr("'idle_after'"));
  EXPECT_THAT(problem("talk: {ambience: disco}\n"),
              HasSubstr("'ambience' must be one of"));
  EXPECT_THAT(problem("talk: {keys_end: \"12\"}\n"),
              HasSubstr("'keys_end' must be one key"));
  EXPECT_THAT(problem("talk: {sensitivity: 2}\n"), HasSubstr("0 to 1"));
  EXPECT_THAT(problem("talk: {manner: good}\n"),
              HasSubstr("'manner' is not known here"));
  EXPECT_THAT(problem("voicemail: {then: leave_message}\n"),
              HasSubstr("needs 'message'"));
  EXPECT_THAT(problem("recording: {consent: whatever}\n"),
              HasSubstr("'consent' must be one of"));
  EXPECT_THAT(problem("pronunciations: [{word: x}]\n"),
              HasSubstr("needs 'say_as'"));
  EXPECT_THAT(problem("talk: {keys_most: 40}\n"),
              HasSubstr("a number from 0 to 32"));
}

TEST(AgentMenu, AKeyChoosesAsWordsDo) {
  auto x = talker();
  EXPECT_THAT(x.answer(said("one", "1")).text, HasSubstr("All day."));
  EXPECT_THAT(x.answer(said("when are you open")).text, HasSubstr("All day."));
  EXPECT_THAT(x.answer(said("one")).text, testing::Not(HasSubstr("All day.")))
    << "a word is no key";
}

TEST(AgentMenu, SaysHowManyKeysItExpects) {
  auto x = talker();
  EXPECT_EQ(x.answer(said("what is the weather")).expects_keys, 2u)
    << "the longest key of the menu";
  auto asked = x.answer(said("my code"));
  EXPECT_EQ(asked.expects_keys, 4u);
}

TEST(AgentMenu, PressesKeysBehindItsAnswer) {
  auto reply = talker().answer(said("one two", "12"));
  EXPECT_THAT(reply.text, HasSubstr("Dialling."));
  EXPECT_EQ(reply.press, "1w2#");
}

TEST(AgentMenu, RefusesKeysThatNoTelephoneHas) {
  auto intents = [](const std::string& more) {
    return parse("name: Clara\nphone_number: \"+15550100\"\ngreeting: Hello.\n"
                 "intents:\n  - {name: a, phrases: [a b], answers: A., "
                 + more + "}\n");
  };
  EXPECT_THAT(intents("key: x").errors.at(0), HasSubstr("'key' must be at"));
  EXPECT_THAT(intents("press: \"1y\"").errors.at(0), HasSubstr("'press'"));
}
