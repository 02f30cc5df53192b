#include "adapters/language/scripted/agent_file.hpp"

#include "adapters/language/scripted/example_agent.hpp"
#include "adapters/language/scripted/instructions.hpp"
#include "adapters/language/scripted/matcher.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <random>
#include <set>

using namespace velox;
using namespace velox::language;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string head = "name: Clara\n"
                         "phone_number: \"+15550100\"\n"
                         "greeting: Hello.\n";

const std::string smallest = head
                             + "intents:\n"
                               "  - name: hours\n"
                               "    phrases: [when are you open]\n"
                               "    answers: All day.\n";

agent clinic() {
  return parse(example_agent_yaml()).value.value();
}

} // namespace

TEST(AgentFile, SmallestIsRead) {
  auto file = parse(smallest);
  ASSERT_TRUE(file.value) << file.errors[0];
  EXPECT_EQ(file.value->name, "Clara");
  EXPECT_EQ(file.value->phone_number, "+15550100");
  EXPECT_THAT(file.value->intents[0].answers, ElementsAre("All day."));
  EXPECT_EQ(file.value->says.still_there.size(), 2u);
  EXPECT_TRUE(file.value->hours.unknown());
}

TEST(AgentFile, ExampleIsTheClinicAndBecomesARecord) {
  std::ifstream in{VELOX_SOURCE_DIR "/config/agents/clinic.yaml"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(text, example_agent_yaml());
  auto record = to_record(clinic(), text);
  EXPECT_EQ(record.name, "Riverside Clinic");
  EXPECT_EQ(record.phone_number, "+15550100");
  EXPECT_EQ(record.language, "en-US");
  EXPECT_EQ(record.voice, "slt");
  EXPECT_EQ(record.model, "scripted");
  EXPECT_EQ(record.script, text);
  EXPECT_TRUE(record.active);
}

TEST(AgentFile, AllMistakesAreReportedWithTheirLines) {
  auto file = parse("name: Clara\n"
                    "phone_number: \"5550100\"\n"
                    "greting: Hello.\n"
                    "min_confidence: 2\n"
                    "when_lost: nobody\n"
                    "opening_hours:\n"
                    "  monday: 17:00-8:00\n"
                    "  closed_on: [2026-02-30]\n"
                    "intents:\n"
                    "  - name: one\n"
                    "    phrases:\n"
                    "      - i come on {day}\n"
                    "      - on {date}\n"
                    "      - ...\n"
                    "    slots:\n"
                    "      - name: day\n"
                    "        type: weekday\n"
                    "        ask: When?\n"
                    "    answers: See you {then}.\n"
                    "  - name: one\n"
                    "    answers: Hm.\n"
                    "    offers: two\n"
                    "    follow_up: Shall we?\n"
                    "  - name: three\n"
                    "    then: transfer\n");
  EXPECT_FALSE(file.value);
  EXPECT_THAT(
    file.errors,
    testing::UnorderedElementsAre(
      HasSubstr("line 2: the file: 'phone_number' must be a number with"),
      HasSubstr("line 1: the file: 'greeting' is missing; add it"),
      HasSubstr("line 3: the file: 'greting' is not known here; known are"),
      HasSubstr("line 4: the file: 'min_confidence' must be a number from 0"),
      HasSubstr("line 5: the file: 'when_lost' must be the name of an intent"),
      HasSubstr("line 7: opening_hours: 'monday' must be times such as"),
      HasSubstr("line 8: opening_hours: 'closed_on' must be a list of days"),
      HasSubstr("line 13: intents[1]: 'phrases' has '{date}', which is no"),
      HasSubstr("line 14: intents[1]: 'phrases' has a phrase without words"),
      HasSubstr("line 17: slots[1]: 'type' must be one of date, time, name"),
      HasSubstr("line 19: intents[1]: 'answers' has '{then}', which is no"),
      HasSubstr("line 20: intents[2]: 'name' is the name of an earlier"),
      HasSubstr("line 22: intents[2]: 'offers' must be the name of an intent"),
      HasSubstr("line 24: intents[3]: 'answers' must have at least one"),
      HasSubstr("line 25: intents[3]: 'then' needs 'transfer_to'")));
}

TEST(AgentFile, NamesProvidersAndWhoTakesOver) {
  auto file = parse(smallest
                    + "prompt: You are Clara.\n"
                      "transfer_number: \"+15550177\"\n"
                      "recognizers: flux\n"
                      "voices: ['elevenlabs:el_1', deepgram]\n"
                      "models: ['ollama:phi3:mini', scripted]\n");
  ASSERT_TRUE(file.value) << file.errors[0];
  EXPECT_EQ(file.value->prompt, "You are Clara.");
  EXPECT_EQ(transfer_number(*file.value), "+15550177");
  EXPECT_THAT(file.value->recognizers, ElementsAre("flux"));
  EXPECT_THAT(file.value->voices, ElementsAre("elevenlabs:el_1", "deepgram"));
  EXPECT_THAT(file.value->models, ElementsAre("ollama:phi3:mini", "scripted"));
  auto wrong = parse(smallest
                     + "transfer_number: reception\n"
                       "voices:\n"
                       "  - deepgram\n"
                       "  - elevenlab:el_1\n"
                       "models: ['openai:']\n");
  EXPECT_THAT(
    wrong.errors,
    testing::UnorderedElementsAre(
      HasSubstr("line 8: the file: 'transfer_number' must be a number with"),
      HasSubstr("line 11: the file: 'voices' names 'elevenlab', which does "
                "not exist; there are deepgram, elevenlabs, cartesia"),
      HasSubstr("line 12: the file: 'models' has nothing behind the colon")));
}

TEST(AgentFile, OtherLanguagesNeedAModelThatSpeaksThem) {
  auto hindi = smallest + "language: hi-IN\n";
  EXPECT_FALSE(parse(hindi).value);
  EXPECT_FALSE(parse(hindi + "models: [openai, scripted]\n").value);
  EXPECT_TRUE(parse(hindi + "models: [openai, gemini]\n").value);
}

TEST(Instructions, TellAModelWhatTheFileKnows) {
  auto text = instructions(clinic());
  for (auto known :
       {"You are Clara, who answers the phone of Riverside Clinic",
        "Opening hours: Monday to Friday from", "twelve River Street",
        "ask for name, day, time, one after the other, and read them back",
        "Then transfer the call.", "No markdown", "One or two short sentences",
        "one question at a time", "begin in en-US", "[the day]"})
    EXPECT_THAT(text, HasSubstr(known));
  EXPECT_THAT(text, Not(HasSubstr("{")));
  EXPECT_EQ(transfer_number(clinic()), "+15550101");
}

TEST(Instructions, OwnPromptIsKeptAndTheMannersFollow) {
  auto x = parse(smallest + "prompt: \"Sell {nothing}.\"\n").value.value();
  EXPECT_THAT(instructions(x), testing::StartsWith("Sell {nothing}.\n\nHow "
                                                   "you speak:"));
  EXPECT_THAT(instructions(x), Not(HasSubstr("All day.")));
  EXPECT_EQ(transfer_number(x), "");
}

TEST(AgentFile, BadShapesAreErrorsNotCrashes) {
  for (auto text :
       {std::string{},
        std::string{"just text"},
        std::string{"- a\n- b\n"},
        std::string{"a: b: c"},
        std::string{"\t"},
        std::string{"{}"},
        smallest + "name: Again\n",
        smallest + "language: de-DE\n",
        smallest + "says: [x]\n",
        smallest + "says: {welcome: [x]}\n",
        smallest + "says: {still_there: {a: b}}\n",
        smallest + "opening_hours: {monday: 8-5}\n",
        smallest + "opening_hours: {monday: '8:00-25:00'}\n",
        smallest + "opening_hours: {monday: '8:00-9:00x'}\n",
        smallest + "opening_hours: {funday: '8:00-9:00'}\n",
        head + "intents: hours\n",
        head + "intents: []\n",
        head + "intents: [hours]\n",
        head + "intents: [[]]\n",
        smallest + "  - name: x\n    answers: y\n    then: explode\n",
        smallest + "  - name: x\n    answers: y\n    offers: hours\n",
        smallest + "  - name: x\n    answers: y\n    open_hours_only: 7\n",
        smallest
          + "  - name: x\n    answers: y\n    then: transfer\n"
            "    transfer_to: reception\n",
        smallest
          + "  - name: x\n    answers: y\n    slots:\n"
            "      - {name: a, type: text, ask: A?}\n"
            "      - {name: a, type: text, ask: A?}\n"}) {
    auto file = parse(text);
    EXPECT_FALSE(file.value) << text;
    ASSERT_FALSE(file.errors.empty()) << text;
    for (auto& error : file.errors)
      EXPECT_THAT(error, testing::StartsWith("line ")) << text;
  }
}

TEST(AgentFile, CutAnywhereItIsReadOrRefused) {
  std::string text{example_agent_yaml()};
  for (size_t length = 0; length < text.size(); length += 97) {
    auto file = parse(text.substr(0, length));
    EXPECT_EQ(file.value.has_value(), file.errors.empty());
  }
}

TEST(Vocabulary, IsPlainWordsAndOfAModestSize) {
  size_t words = 0;
  std::set<std::string> seen;
  for (auto& phrase : vocabulary(clinic())) {
    EXPECT_EQ(phrase.find_first_not_of("abcdefghijklmnopqrstuvwxyz' "),
              phrase.npos)
      << phrase;
    EXPECT_EQ(phrase.find("  "), phrase.npos) << phrase;
    EXPECT_TRUE(seen.insert(phrase).second) << phrase;
    words += to_words(phrase).size();
  }
  EXPECT_GT(words, 1000u);
  EXPECT_LT(words, 5000u);
  for (auto phrase : {"what are your hours", "yes", "goodbye", "next tuesday",
                      "the fifteenth of april", "at two thirty pm",
                      "my name is john smith", "can you repeat that",
                      "never mind", "change the time", "i have a headache"})
    EXPECT_TRUE(seen.contains(phrase)) << phrase;
}

TEST(Vocabulary, HasEveryDigitBehindEveryDigit) {
  std::set<std::pair<std::string, std::string>> pairs;
  for (auto& phrase : vocabulary(clinic())) {
    auto words = to_words(phrase);
    for (size_t i = 1; i < words.size(); ++i)
      pairs.emplace(words[i - 1] == "oh" ? "zero" : words[i - 1],
                    words[i] == "oh" ? "zero" : words[i]);
  }
  for (int a = 0; a < 10; ++a)
    for (int b = 0; b < 10; ++b)
      EXPECT_TRUE(pairs.contains({number_words(a), number_words(b)})) << a << b;
}

TEST(Matcher, EveryPhraseMeansItsIntent) {
  auto x = clinic();
  matcher intents{x};
  for (auto& what : x.intents)
    for (auto& phrase : what.phrases) {
      auto words = to_words(fill(phrase, [](auto) { return "monday"; }));
      auto best = intents.best(words);
      ASSERT_NE(best.what, nullptr) << phrase;
      EXPECT_EQ(best.what->name, what.name) << phrase;
      EXPECT_GT(best.score, 0.8) << phrase;
    }
}

// Recognisers drop little words, put others in, and get letters wrong.
TEST(Matcher, SlipsOfTheRecogniserHardlyMatter) {
  auto x = clinic();
  matcher intents{x};
  std::mt19937 random{7};
  auto below = [&](size_t n) {
    return std::uniform_int_distribution<size_t>{0, n - 1}(random);
  };
  const std::vector<std::string> noise{"the", "a", "and", "to", "of", "you"};
  int right = 0;
  int all = 0;
  for (auto& what : x.intents)
    for (auto& phrase : what.phrases)
      for (int i = 0; i < 10; ++i) {
        auto words = to_words(fill(phrase, [](auto) { return "monday"; }));
        auto at = below(words.size());
        switch (below(3)) {
          case 0: words[at].erase(below(words[at].size()), 1); break;
          case 1: words[at] = noise[below(noise.size())]; break;
          default:
            words.insert(words.begin() + static_cast<std::ptrdiff_t>(at),
                         noise[below(noise.size())]);
        }
        std::erase(words, "");
        auto best = intents.best(words);
        right += best.what == &what && best.score >= 0.55;
        ++all;
      }
  RecordProperty("right_percent", right * 100 / all);
  EXPECT_GT(right * 100, all * 88) << right << " of " << all;
}

TEST(Matcher, WhatIsNotMeantIsNotMatched) {
  auto x = clinic();
  matcher intents{x};
  for (auto text :
       {"purple elephants sing", "what a lovely weather", "i like pizza",
        "my dog ate the newspaper", "how old are you", "the the the", "you",
        "is it", "can you"}) {
    auto best = intents.best(to_words(text));
    EXPECT_LT(best.score, 0.55)
      << text << ": " << (best.what ? best.what->name : "");
  }
}
