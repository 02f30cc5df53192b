#include "tests/speech/speech_test.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::speech;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

class Recognizer : public SpeechTest {
protected:
  std::unique_ptr<speech_recognizer> open() {
    return speech_.recognizers()({"CA1", "en-US", restaurant_phrases()},
                                 as<recognition_client_actor>());
  }

  /// What the stt actor does with the caller's audio when the voice detection
  /// is 200 ms late.
  static void utter(speech_recognizer& to, const audio& x) {
    constexpr size_t chunk = 800;
    for (size_t i = 0; i < x.size(); i += chunk) {
      auto size = std::min(chunk, x.size() - i);
      auto begin = x.begin() + static_cast<ptrdiff_t>(i);
      to.hear({begin, begin + static_cast<ptrdiff_t>(size)});
      if (i == 3 * chunk)
        to.utterance_began();
    }
    to.utterance_ended();
  }

  static audio spoken(const std::string& text, const std::string& voice) {
    return joined({silence(300), speak(text, voice), silence(450)});
  }

  /// The final words; partials before it are counted.
  words_final next_final() {
    std::optional<words_final> result;
    while (!result) {
      bool timed_out = false;
      self_->receive(
        [&](const words_partial& x) { partials_.push_back(x.text); },
        [&](const words_final& x) { result = x; },
        [&](const provider_failed& x) {
          ADD_FAILURE() << x.why;
          timed_out = true;
        },
        caf::after(std::chrono::seconds{60}) >> [&] { timed_out = true; });
      if (timed_out) {
        ADD_FAILURE() << "no final words";
        return {};
      }
    }
    return *result;
  }

  offline_speech speech_;
  std::vector<std::string> partials_;
};

} // namespace

TEST_F(Recognizer, UnderstandsWhatTheAgentExpects) {
  auto ear = open();
  size_t errors = 0;
  size_t words = 0;
  for (auto& phrase : restaurant_phrases()) {
    utter(*ear, spoken(phrase, "rms"));
    auto heard = next_final();
    errors += word_errors(phrase, heard.text);
    words += word_errors(phrase, "");
  }
  // Measured: 0 %.
  EXPECT_LE(errors * 100, words * 5) << errors << " of " << words;
  expect_silence();
}

TEST_F(Recognizer, UnderstandsOtherVoicesAndParaphrases) {
  size_t errors = 0;
  size_t words = 0;
  for (std::string voice : {"kal16", "awb"}) {
    auto ear = open();
    for (std::string phrase :
         {"yes please", "no thank you", "please cancel my booking",
          "can i book a table for friday evening", "do you have parking",
          "i'd like a table for three tomorrow",
          "on the twenty third of march"}) {
      utter(*ear, spoken(phrase, voice));
      errors += word_errors(phrase, next_final().text);
      words += word_errors(phrase, "");
    }
  }
  EXPECT_LE(errors * 100, words * 20) << errors << " of " << words;
}

TEST_F(Recognizer, ReportsWordsWhileTheyAreSpoken) {
  auto ear = open();
  utter(*ear, spoken("i want to order a pizza", "rms"));
  auto heard = next_final();
  EXPECT_EQ(heard.text, "i want to order a pizza");
  EXPECT_GT(heard.confidence, 0.5);
  EXPECT_LE(heard.confidence, 1);
  ASSERT_FALSE(partials_.empty());
  EXPECT_THAT(partials_.back(), HasSubstr("i want"));
}

TEST_F(Recognizer, HearsTheOnsetFromBeforeItWasNoticed) {
  auto ear = open();
  auto phrase
    = joined({speak("tomorrow evening at eight", "rms"), silence(450)});
  constexpr size_t noticed = 8 * 300; // when most of "tomorrow" is over
  ear->hear(silence(1000));
  ear->hear({phrase.begin(), phrase.begin() + noticed});
  ear->utterance_began();
  ear->hear({phrase.begin() + noticed, phrase.end()});
  ear->utterance_ended();
  EXPECT_EQ(next_final().text, "tomorrow evening at eight");
}

TEST_F(Recognizer, UnderstandsNothingInNoiseAndSilence) {
  auto ear = open();
  for (auto& x :
       {silence(1500), noise(2000, -50), noise(2000, -35), noise(2000, -25)}) {
    utter(*ear, x);
    auto heard = next_final();
    EXPECT_EQ(heard.text, "");
  }
  // And is not spoilt by it.
  utter(*ear, spoken("a table for two please", "rms"));
  EXPECT_EQ(next_final().text, "a table for two please");
}

TEST_F(Recognizer, RejectsSpeechItHasNoWordsFor) {
  int rejected = 0;
  int all = 0;
  for (std::string voice : {"slt", "kal16", "rms", "awb"}) {
    auto ear = open();
    for (std::string text :
         {"the quarterly earnings exceeded all analyst expectations",
          "photosynthesis converts sunlight into chemical energy",
          "my grandfather sailed across the atlantic ocean",
          "turn left behind the cathedral",
          "we watched an interesting documentary about volcanoes",
          "bring the ladder from the basement"}) {
      utter(*ear, spoken(text, voice));
      rejected += next_final().text.empty() ? 1 : 0;
      ++all;
    }
  }
  // Measured: 23 of 24.
  EXPECT_GE(rejected * 100, all * 75) << rejected << " of " << all;
  RecordProperty("rejected", rejected);
}

TEST_F(Recognizer, AnswersEveryUtteranceOnce) {
  auto ear = open();
  ear->utterance_ended(); // none began: no answer
  ear->utterance_began();
  ear->utterance_began(); // still the same
  ear->utterance_ended();
  ear->utterance_ended();
  EXPECT_EQ(next_final().text, "");
  utter(*ear, spoken("do you deliver", "rms"));
  EXPECT_EQ(next_final().text, "do you deliver");
  expect_silence();
}

TEST_F(Recognizer, GoesOnInAnUtteranceThatDoesNotEnd) {
  auto ear = open();
  auto phrase = spoken("where are you located", "rms");
  ear->utterance_began();
  size_t fed = 0;
  while (fed < 8000 * 25) {
    ear->hear(phrase);
    fed += phrase.size();
  }
  ear->utterance_ended();
  auto heard = next_final();
  EXPECT_THAT(heard.text, HasSubstr("where are you located"));
  EXPECT_GT(heard.text.size(), 100u);
  expect_silence();
}

TEST_F(Recognizer, ManyCallsSpeakAtOnce) {
  constexpr size_t calls = 6;
  std::vector<std::unique_ptr<speech_recognizer>> ears;
  for (size_t i = 0; i < calls; ++i)
    ears.push_back(open());
  auto x = spoken("when do you close on sunday", "rms");
  for (auto& ear : ears)
    utter(*ear, x);
  for (size_t i = 0; i < calls; ++i)
    EXPECT_EQ(next_final().text, "when do you close on sunday");
}

TEST_F(Recognizer, SaysNothingOnceItIsGone) {
  auto x = spoken("i'd like to change my booking", "rms");
  for (int i = 0; i < 5; ++i) {
    auto ear = open();
    utter(*ear, x);
    utter(*ear, x);
    ear->utterance_began();
    ear->hear(x);
    if (i % 2 == 0)
      next_final(); // in the middle of its work
    // Gone, with jobs running and queued; this does not wait.
  }
  // Decoders of sessions that ended are as good as new.
  auto ear = open();
  utter(*ear, spoken("how much is delivery", "rms"));
  for (auto heard = next_final(); heard.text != "how much is delivery";)
    heard = next_final();
}

TEST_F(Recognizer, DoesNotKeepItsActorAlive) {
  std::unique_ptr<speech_recognizer> ear;
  {
    auto client
      = system_.spawn([]() -> recognition_client_actor::behavior_type {
          return {
            [](const session_ready&) {},
            [](const words_partial&) {},
            [](const words_final&) {},
            [](const provider_failed&) {},
          };
        });
    self_->monitor(client);
    ear = speech_.recognizers()({"CA1", "en-US", {}}, client);
  }
  bool down = false;
  self_->receive([&](const caf::down_msg&) { down = true; },
                 caf::after(std::chrono::seconds{30}) >> [] {});
  EXPECT_TRUE(down);
}

TEST_F(Recognizer, ReportsThatTheModelIsMissing) {
  offline_speech broken{{.model_directory = "/nonexistent"}};
  auto ear = broken.recognizers()({"CA1", "en-US", {}},
                                  as<recognition_client_actor>());
  auto failed = next<provider_failed>();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->stage, "stt");
  EXPECT_THAT(failed->why, HasSubstr("pocketsphinx-en-us"));
  utter(*ear, silence(500));
  EXPECT_THROW(broken.prewarm({}), std::runtime_error);
  EXPECT_THROW(
    speech_.recognizers()({"CA1", "hi-IN", {}}, as<recognition_client_actor>()),
    std::invalid_argument);
}

TEST_F(Recognizer, NamesWordsItCannotKnow) {
  EXPECT_THAT(speech_.prewarm({"book the zorblax"}), ElementsAre("zorblax"));
  EXPECT_THAT(speech_.prewarm(restaurant_phrases()), ElementsAre());
}

TEST(Transcribe, ReturnsTheWords) {
  auto x = joined(
    {silence(200), speak("on friday at seven o'clock", "rms"), silence(300)});
  auto heard = transcribe(x, restaurant_phrases());
  EXPECT_EQ(heard.text, "on friday at seven o'clock");
}
