#include "tests/synthesizers/conformance.hpp"

#include <algorithm>
#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using ::testing::HasSubstr;
using ::testing::Not;

// -- speaking
// ------------------------------------------------------------------

TEST_P(Voice, SaysASentence) {
  auto voice = open();
  voice->say({7, 3, greeting, 5});
  ASSERT_TRUE(client.wait_complete(7, 3));
  EXPECT_EQ(client.record().sentence(7, 3, 5), audio_of(greeting));
  EXPECT_EQ(fake->texts(), std::vector<std::string>{greeting});
  EXPECT_TRUE(client.record().failures().empty());
}

TEST_P(Voice, KeepsTheOrderOfSentences) {
  auto voice = open();
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < 8; ++i) {
    // Long ones are followed by short ones, which are made sooner.
    texts.push_back("Sentence " + std::to_string(i)
                    + std::string(i % 2 == 0 ? 150 : 0, 'x') + ".");
    voice->say({1, i, texts.back()});
  }
  ASSERT_TRUE(client.wait_complete(1, 7));
  for (uint32_t i = 0; i < 8; ++i)
    EXPECT_EQ(client.record().sentence(1, i), audio_of(texts[i])) << i;
  uint32_t index = 0;
  for (auto& x : client.record().audio()) {
    EXPECT_EQ(x.index, index) << "sentences overlap";
    index += x.last ? 1 : 0;
  }
}

TEST_P(VoiceAhead, AsksForTheNextSentenceWhileOneIsHeard) {
  auto voice = open();
  fake->hold_after(1);
  voice->say({1, 0, greeting});
  voice->say({1, 1, answer});
  voice->say({1, 2, greeting});
  ASSERT_TRUE(fake->wait_for_texts(2));
  settle();
  EXPECT_EQ(fake->texts().size(), 2u) << "only one ahead";
  fake->hold_after(-1);
  ASSERT_TRUE(client.wait_complete(1, 2));
  EXPECT_EQ(client.record().sentence(1, 1), audio_of(answer));
}

TEST_P(Voice, AnswersAtOnceWhatHasNoSound) {
  auto voice = open();
  uint32_t index = 0;
  for (auto text : {"", "  \n", "...", "?!", "\u2014 \u2026", "\U0001F600"}) {
    voice->say({1, index, text, 2});
    ASSERT_TRUE(client.wait_complete(1, index)) << text;
    EXPECT_TRUE(client.record().sentence(1, index, 2).empty());
    ++index;
  }
  EXPECT_TRUE(fake->texts().empty());
}

TEST_P(Voice, KeepsSilentSentencesInTheirPlace) {
  auto voice = open();
  voice->say({1, 0, greeting});
  voice->say({1, 1, "..."});
  voice->say({1, 2, answer});
  ASSERT_TRUE(client.wait_complete(1, 2));
  std::vector<uint32_t> ends;
  for (auto& x : client.record().audio())
    if (x.last)
      ends.push_back(x.index);
  EXPECT_EQ(ends, (std::vector<uint32_t>{0, 1, 2}));
}

TEST_P(Voice, CutsWhatIsTooLongForTheVendor) {
  std::string text;
  while (text.size() < 12'000)
    text += "This is sentence number " + std::to_string(text.size()) + ". ";
  auto voice = open();
  voice->say({1, 0, text});
  ASSERT_TRUE(client.wait_complete(1, 0));
  std::vector<uint8_t> expected;
  std::string said;
  auto parts = fake->texts();
  // Two requests under way may arrive in either order.
  std::sort(parts.begin(), parts.end(),
            [&](auto& a, auto& b) { return text.find(a) < text.find(b); });
  for (auto& part : parts) {
    if (GetParam().limit > 0) {
      EXPECT_LE(part.size(), GetParam().limit);
    }
    auto audio = audio_of(part);
    expected.insert(expected.end(), audio.begin(), audio.end());
    said += part + " ";
  }
  EXPECT_EQ(said, text);
  EXPECT_EQ(client.record().sentence(1, 0), expected);
}

TEST_P(Voice, LeavesOtherScriptsIntact) {
  std::string text
    = "\u0928\u092E\u0938\u094D\u0924\u0947, \"A&B\" 5 < 6 "
      "\u0906\u092A \u0915\u0948\u0938\u0947 \u0939\u0948\u0902\u0964";
  auto voice = open();
  voice->say({1, 0, text});
  ASSERT_TRUE(client.wait_complete(1, 0));
  EXPECT_EQ(fake->texts(), std::vector<std::string>{text});
  EXPECT_EQ(client.record().sentence(1, 0), audio_of(text));
}

TEST_P(Voice, TakesNoMarkupButWhatItKnows) {
  auto voice = open();
  voice->say({1, 0,
              "Hi <break time='0.3s'/><sub alias=\"World Wide\">W</sub> "
              "<x y=\"z\"> A&B."});
  ASSERT_TRUE(client.wait_complete(1, 0));
  std::string expected;
  switch (GetParam().markup) {
    case voice_markup::none: expected = "Hi World Wide <x y=\"z\"> A&B."; break;
    case voice_markup::breaks:
      expected = "Hi <break time=\"300ms\"/>World Wide  A&B.";
      break;
    case voice_markup::ssml:
      expected = "Hi <break time=\"300ms\"/><sub alias=\"World Wide\">W</sub> "
                 "&lt;x y=&quot;z&quot;&gt; A&amp;B.";
  }
  EXPECT_EQ(fake->texts(), std::vector<std::string>{expected});
  EXPECT_EQ(client.record().sentence(1, 0), audio_of(expected));
}

TEST_P(Voice, SaysWordsAsItsAgentWants) {
  auto make = GetParam().make(out.vendor(fake->server().url()), {});
  synthesizer_options options{"CA1", GetParam().language, ""};
  options.pronunciations = {{"Velox", "vee lox", "viːlɒks"},
                            {"Velox Pro", "vee lox professional", ""}};
  auto voice = make(options, client.actor());
  voice->say({1, 0, "Is VELOX a Velox Pro, or veloxes?"});
  ASSERT_TRUE(client.wait_complete(1, 0));
  std::string expected = "Is vee lox a vee lox professional, or veloxes?";
  if (GetParam().markup == voice_markup::ssml)
    expected
      = "Is <phoneme alphabet=\"ipa\" ph=\"viːlɒks\">VELOX</phoneme> a "
        "<sub alias=\"vee lox professional\">Velox Pro</sub>, or veloxes?";
  EXPECT_EQ(fake->texts(), std::vector<std::string>{expected});
}

TEST_P(Voice, AnswersAtOnceAPauseWithoutWords) {
  auto voice = open();
  voice->say({1, 0, "<break time=\"1s\"/>"});
  ASSERT_TRUE(client.wait_complete(1, 0));
  EXPECT_TRUE(fake->texts().empty());
}

// -- cancelling
// ----------------------------------------------------------------

TEST_P(Voice, CancelsBeforeTheFirstSound) {
  auto voice = open();
  fake->hold_after(0);
  voice->say({1, 0, greeting});
  voice->say({1, 1, greeting + " Again."});
  voice->say({1, 2, greeting + " Never said."});
  ASSERT_TRUE(fake->wait_for_texts(1));
  voice->cancel(1);
  fake->hold_after(-1);
  voice->say({2, 0, answer});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), audio_of(answer));
  for (auto& x : client.record().audio())
    EXPECT_EQ(x.turn, 2u);
  EXPECT_THAT(fake->texts(), Not(testing::Contains(HasSubstr("Never said"))));
}

TEST_P(Voice, CancelsInTheMiddle) {
  auto voice = open();
  fake->hold_after(1);
  voice->say({1, 0, greeting});
  wait_midway(1, 1);
  voice->cancel(1);
  settle();
  auto before = client.record().sentence(1, 0).size();
  fake->hold_after(-1); // late audio of the cancelled one comes now
  voice->say({2, 0, answer});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), audio_of(answer));
  EXPECT_EQ(client.record().sentence(1, 0).size(), before);
  EXPECT_FALSE(client.record().complete(1, 0));
}

TEST_P(Voice, CancelsWhatIsOver) {
  auto voice = open();
  voice->say({1, 0, greeting});
  ASSERT_TRUE(client.wait_complete(1, 0));
  voice->cancel(1);
  voice->say({1, 1, "Too late."}); // crossed the cancel
  voice->say({2, 0, answer});
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), audio_of(answer));
  EXPECT_TRUE(client.record().sentence(1, 1).empty());
}

TEST_P(Voice, CancelsAgainAndAgain) {
  auto voice = open();
  fake->hold_after(1);
  for (uint64_t turn = 1; turn <= 12; ++turn) {
    voice->say({turn, 0, greeting});
    voice->say({turn, 1, answer});
    voice->cancel(turn);
  }
  fake->hold_after(-1);
  voice->say({13, 0, answer});
  ASSERT_TRUE(client.wait_complete(13, 0));
  EXPECT_EQ(client.record().sentence(13, 0), audio_of(answer));
  EXPECT_TRUE(client.record().failures().empty());
}

TEST_P(Voice, KeepsWhatIsOfALaterTurn) {
  auto voice = open();
  fake->hold_after(1);
  voice->say({1, 0, greeting});
  voice->say({2, 0, answer});
  ASSERT_TRUE(fake->wait_for_texts(1));
  voice->cancel(1);
  fake->hold_after(-1);
  ASSERT_TRUE(client.wait_complete(2, 0));
  EXPECT_EQ(client.record().sentence(2, 0), audio_of(answer));
}

INSTANTIATE_TEST_SUITE_P(Vendors, Voice, testing::ValuesIn(implementations()),
                         name_of);

// A Clear at Deepgram's socket would drop both.
INSTANTIATE_TEST_SUITE_P(Vendors, VoiceAhead,
                         testing::ValuesIn(implementations_that([](auto& x) {
                           return x.name != "DeepgramSocket";
                         })),
                         name_of);
