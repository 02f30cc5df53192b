#include "adapters/speech/flite/sentence_cache.hpp"
#include "adapters/speech/flite/voices.hpp"
#include "protocol/g711.hpp"
#include "tests/speech/speech_test.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::speech;
using ::testing::HasSubstr;

namespace {

const std::string greeting = "Good evening, this is the restaurant. How can I "
                             "help you?";

class Synthesizer : public SpeechTest {
protected:
  std::unique_ptr<speech_synthesizer> open(const std::string& voice = "") {
    return speech_.synthesizers()({"CA1", "en-US", voice},
                                  as<synthesis_client_actor>());
  }

  offline_speech speech_;
};

/// The level while the voice speaks: of the 20 ms frames above −40 dBFS.
double active_level(const audio& x) {
  double power = 0;
  int frames = 0;
  for (size_t i = 0; i + 160 <= x.size(); i += 160) {
    auto level = level_dbfs(std::span{x}.subspan(i, 160));
    if (level > -40) {
      power += std::pow(10, level / 10);
      ++frames;
    }
  }
  return frames == 0 ? -120 : 10 * std::log10(power / frames);
}

} // namespace

TEST_F(Synthesizer, SpeaksInPiecesWithGrowingOffsets) {
  auto voice = open();
  voice->say({7, 3, greeting});
  auto x = next_sentence(7, 3);
  EXPECT_GT(x.size(), 8000u * 2);
  EXPECT_LT(x.size(), 8000u * 8);
}

TEST_F(Synthesizer, PiecesLastATenthOfASecond) {
  auto voice = open();
  voice->say({1, 0, greeting});
  auto piece = next<sentence_audio>();
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->mulaw.size(), 800u);
  EXPECT_FALSE(piece->last);
}

TEST_F(Synthesizer, KeepsTheOrderOfSentences) {
  auto voice = open();
  for (uint32_t i = 0; i < 4; ++i)
    voice->say({1, i, "This is sentence number " + std::to_string(i) + "."});
  for (uint32_t i = 0; i < 4; ++i)
    EXPECT_GT(next_sentence(1, i).size(), 8000u) << i;
}

TEST_F(Synthesizer, SaysWordsAsItsAgentWantsAndNoTags) {
  auto voice = open("kal16"); // says the same twice in the same way
  voice->say({1, 0, "This is vee lox, thank you."});
  voice->say({1, 1, "This is Velox, thank you."});
  auto respelled = next_sentence(1, 0);
  auto as_written = next_sentence(1, 1);
  EXPECT_NE(respelled, as_written);
  synthesizer_options options{"CA1", "en-US", "kal16"};
  options.pronunciations = {{"velox", "vee lox", ""}};
  auto taught = speech_.synthesizers()(options, as<synthesis_client_actor>());
  taught->say({1, 2, "<break time=\"1s\"/>This is Velox, thank you."});
  EXPECT_EQ(next_sentence(1, 2), respelled);
}

TEST_F(Synthesizer, SendsAnEmptyPieceForWhatHasNoSound) {
  auto voice = open();
  uint32_t index = 0;
  for (std::string text : {"", "  \n", "...", "\xF0\x9F\x98\x80", "\xFF\xFE"}) {
    voice->say({1, index, text});
    auto piece = next<sentence_audio>();
    ASSERT_TRUE(piece) << text;
    EXPECT_EQ(piece->index, index++);
    EXPECT_TRUE(piece->mulaw.empty());
    EXPECT_TRUE(piece->last);
  }
}

TEST_F(Synthesizer, SaysTheSameFromTheCache) {
  auto voice = open();
  voice->say({1, 0, greeting});
  auto fresh = next_sentence(1, 0);
  auto other_call = open();
  other_call->say({5, 1, greeting});
  EXPECT_EQ(next_sentence(5, 1), fresh);
}

TEST_F(Synthesizer, CancelStopsTheTurnAndThoseBefore) {
  auto voice = open();
  std::string story;
  for (int i = 0; i < 40; ++i)
    story += "and then they went over the hill and far away ";
  voice->say({1, 0, story});
  voice->say({2, 0, story});
  voice->say({2, 1, ""});              // would be answered at once
  ASSERT_TRUE(next<sentence_audio>()); // it is speaking
  voice->cancel(2);
  voice->say({3, 0, "Yes?"});
  size_t old_audio = 0;
  for (;;) {
    auto piece = next<sentence_audio>();
    ASSERT_TRUE(piece);
    if (piece->turn == 3)
      break;
    EXPECT_EQ(piece->turn, 1u) << "queued behind what was cancelled";
    EXPECT_FALSE(piece->last);
    old_audio += piece->mulaw.size();
  }
  EXPECT_LT(old_audio, 8000u * 30) << "the story is two minutes long";
}

TEST_F(Synthesizer, AFreshSentenceAfterACancelSoundsTheSame) {
  auto voice = open();
  voice->say({1, 0, greeting + " Take your time."});
  ASSERT_TRUE(next<sentence_audio>());
  voice->cancel(1);
  voice->say({2, 0, greeting});
  audio again;
  for (;;) {
    auto piece = next<sentence_audio>();
    ASSERT_TRUE(piece);
    if (piece->turn != 2)
      continue;
    again.insert(again.end(), piece->mulaw.begin(), piece->mulaw.end());
    if (piece->last)
      break;
  }
  EXPECT_NEAR(static_cast<double>(again.size()),
              static_cast<double>(speak(greeting).size()), 400);
}

TEST_F(Synthesizer, EndsInTheMiddleOfASentence) {
  auto voice = open();
  std::string story;
  for (int i = 0; i < 40; ++i)
    story += "and then they went over the hill and far away ";
  voice->say({1, 0, story});
  ASSERT_TRUE(next<sentence_audio>());
  voice.reset();
  // The worker is free again: another call can speak.
  auto other = open();
  other->say({9, 0, "Hello."});
  for (;;) {
    auto piece = next<sentence_audio>();
    ASSERT_TRUE(piece);
    if (piece->turn == 9 && piece->last)
      break;
    EXPECT_FALSE(piece->turn == 1 && piece->last);
  }
}

TEST_F(Synthesizer, SeveralCallsSpeakAtOnce) {
  constexpr uint64_t calls = 8;
  std::vector<std::unique_ptr<speech_synthesizer>> voices;
  for (uint64_t i = 0; i < calls; ++i)
    voices.push_back(open(i % 2 == 0 ? "slt" : "kal16"));
  for (uint64_t i = 0; i < calls; ++i)
    voices[i]->say({i, 0, "Call number " + std::to_string(i) + " is open."});
  std::vector<uint64_t> received(calls);
  for (uint64_t finished = 0; finished < calls;) {
    auto piece = next<sentence_audio>();
    ASSERT_TRUE(piece);
    ASSERT_LT(piece->turn, calls);
    EXPECT_EQ(piece->offset, received[piece->turn]);
    received[piece->turn] += piece->mulaw.size();
    finished += piece->last ? 1 : 0;
  }
  for (auto size : received)
    EXPECT_GT(size, 8000u);
}

TEST_F(Synthesizer, RefusesWhatItCannotSpeak) {
  try {
    open("darth");
    FAIL() << "no error";
  } catch (const std::invalid_argument& ex) {
    EXPECT_THAT(ex.what(), HasSubstr("\"darth\""));
    EXPECT_THAT(ex.what(), HasSubstr("slt, kal16, rms or awb"));
  }
  EXPECT_THROW(
    speech_.synthesizers()({"CA1", "hi-IN", ""}, as<synthesis_client_actor>()),
    std::invalid_argument);
}

TEST_F(Synthesizer, OutlivesItsPoolsQuietly) {
  std::unique_ptr<speech_synthesizer> voice;
  synthesizer_factory factory;
  {
    offline_speech speech;
    factory = speech.synthesizers();
    voice = factory({"CA1", "en-US", ""}, as<synthesis_client_actor>());
  }
  voice->say({1, 0, greeting});
  voice.reset();
  expect_silence();
  EXPECT_THROW(factory({"CA1", "en-US", ""}, as<synthesis_client_actor>()),
               std::runtime_error);
}

TEST(Speak, EveryVoiceIsAsLoudAsATelephoneVoice) {
  for (std::string voice : {"slt", "kal16", "rms", "awb"}) {
    auto x = speak(greeting, voice);
    EXPECT_NEAR(active_level(x), -20, 2) << voice;
    auto loudest = 0;
    for (auto byte : x)
      loudest = std::max(loudest, std::abs(int{mulaw_to_linear(byte)}));
    EXPECT_LT(loudest, 32000) << voice << " clips";
  }
}

TEST(Speak, DoesNotLetTheCallerWaitForTheFirstSound) {
  auto x = speak(greeting);
  ASSERT_GT(x.size(), 8000u);
  EXPECT_GT(level_dbfs(std::span{x}.first(800)), -45);
}

TEST(Speak, StopsWhenNobodyListens) {
  int pieces = 0;
  auto whole = speak_with_flite(find_flite_voice("slt"), greeting,
                                [&](auto) { return ++pieces < 3; });
  EXPECT_FALSE(whole);
  EXPECT_EQ(pieces, 3);
}

TEST(Speak, IsEmptyWithoutSound) {
  EXPECT_TRUE(speak("  ").empty());
  EXPECT_THROW(speak("hello", "nobody"), std::invalid_argument);
}

TEST(ReadableText, ReplacesWhatFliteCannotRead) {
  EXPECT_EQ(readable_text("It\u2019s caf\u00e9 \u201cZo\u00eb\u201d"),
            "It's cafe \"Zoe\"");
  EXPECT_EQ(readable_text("5\u20ac \u2013 fine\u2026"), "5 euros  ,  fine, ");
  EXPECT_EQ(readable_text("Hi \U0001F600 there\xC3"), "Hi   there ");
  EXPECT_EQ(readable_text("\u0928\u092E\u0938"), "");
}

TEST(SentenceCache, DropsTheLongestUnused) {
  sentence_cache cache{350};
  auto hundred = std::make_shared<audio>(100);
  cache.keep("slt", "one", hundred);
  cache.keep("slt", "two", hundred);
  cache.keep("slt", "three", hundred);
  EXPECT_TRUE(cache.find("slt", "one"));
  cache.keep("slt", "four", hundred);
  EXPECT_TRUE(cache.find("slt", "one"));
  EXPECT_FALSE(cache.find("slt", "two"));
  EXPECT_FALSE(cache.find("rms", "one"));
  EXPECT_LE(cache.bytes(), 350u);
  cache.keep("slt", "much", std::make_shared<audio>(1000));
  EXPECT_FALSE(cache.find("slt", "much"));
  EXPECT_TRUE(cache.find("slt", "four"));
}
