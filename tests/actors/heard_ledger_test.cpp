#include "actors/heard_ledger.hpp"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

namespace velox::actors {

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in{text};
  return {std::istream_iterator<std::string>{in}, {}};
}

std::string all_of(const heard_text& x) {
  return x.heard + " " + x.sent + " " + x.unsent;
}

heard_ledger with(std::vector<std::string> lines) {
  heard_ledger result;
  result.open(1);
  for (uint32_t i = 0; i < lines.size(); ++i)
    result.planned(1, i, lines[i]);
  return result;
}

TEST(WordsWithin, EndsBehindTheLastWholeWord) {
  std::string text = "one two three";
  EXPECT_EQ(words_within(text, -1), 0u);
  EXPECT_EQ(words_within(text, 0), 0u);
  EXPECT_EQ(words_within(text, 2.9 / 13), 0u);
  EXPECT_EQ(words_within(text, 3.0 / 13), 3u);
  EXPECT_EQ(words_within(text, 6.9 / 13), 3u);
  EXPECT_EQ(words_within(text, 7.0 / 13), 7u);
  EXPECT_EQ(words_within(text, 0.99), 7u);
  EXPECT_EQ(words_within(text, 1), 13u);
  EXPECT_EQ(words_within(text, 2), 13u);
  EXPECT_EQ(words_within("", 0.5), 0u);
}

TEST(WordPosition, IsBehindTheLastWordHeard) {
  std::string text = "Your table is booked.";
  std::vector<spoken_word> words{{"your", 0, 200},
                                 {"table", 250, 600},
                                 {"is", 600, 700},
                                 {"booked", 1400, 2000}};
  auto heard = [&](int64_t ms) {
    return text.substr(0, word_position(text, words, ms, 2000));
  };
  EXPECT_EQ(heard(0), "");
  EXPECT_EQ(heard(199), "");
  EXPECT_EQ(heard(200), "Your");
  EXPECT_EQ(heard(599), "Your");
  EXPECT_EQ(heard(600), "Your table");
  EXPECT_EQ(heard(1999), "Your table is") << "by its share it would be more";
  EXPECT_EQ(heard(2000), text);
}

TEST(WordPosition, CopesWithWhatIsSpokenInOtherWords) {
  std::string text = "It costs $25 in all, said Ann.";
  std::vector<spoken_word> words{
    {"It", 0, 100},          {"costs", 100, 500}, {"twenty-five", 500, 1000},
    {"dollars", 1000, 1500}, {"in", 1500, 1600},  {"all", 1600, 1900}};
  auto heard = [&](int64_t ms) {
    return text.substr(0, word_position(text, words, ms, 2600));
  };
  EXPECT_EQ(heard(1000), "It costs");
  EXPECT_EQ(heard(1500), "It costs $25");
  EXPECT_EQ(heard(1900), "It costs $25 in all,");
  EXPECT_EQ(heard(2200), "It costs $25 in all,");
  EXPECT_EQ(heard(2300), "It costs $25 in all, said") << "by their length";
  EXPECT_EQ(heard(2600), text);
}

TEST(WordPosition, JumpsToNoFarWord) {
  std::string text = "one two three four five six seven eight nine ten";
  EXPECT_EQ(word_position(text, {{"ten", 0, 100}}, 100, 10'000), 0u);
  EXPECT_EQ(word_position(text, {{"on", 0, 100}}, 100, 10'000), 0u)
    << "a part of a word is none";
  EXPECT_EQ(word_position("", {{"a", 0, 100}}, 100, 100), 0u);
}

TEST(WordPosition, ClaimsNothingWithoutTime) {
  EXPECT_EQ(word_position("one two", {{"one", 0, 900}}, 900, 500), 3u);
}

TEST(HeardLedger, CutsByTheWordsThatTheVoiceTold) {
  auto ledger = with({"Hello there.", "one two three four"});
  playback_cut cut{1, 1, 800, 1400, 1800};
  cut.words = {{"one", 0, 900}, {"two", 900, 1200}, {"three", 1200, 1400}};
  ledger.cut(cut);
  auto x = ledger.state(1);
  EXPECT_EQ(x.heard, "Hello there.");
  EXPECT_EQ(x.sent, "one two three");
  EXPECT_EQ(x.unsent, "four");
  EXPECT_EQ(ledger.remainder(1),
            (std::vector<std::string>{"one two three four"}));
}

/// Vendors' words with uneven times, some missing, some told otherwise: what
/// counts as heard ends with the last word that was.
TEST(HeardLedger, EndsAtTheLastWordHeardByTheVoicesTimes) {
  std::mt19937_64 random{44};
  auto below = [&](uint64_t n) { return random() % n; };
  for (int round = 0; round < 10'000; ++round) {
    std::vector<std::string> words;
    std::vector<spoken_word> told;
    std::string text;
    int64_t at = 0;
    for (auto n = 1 + below(12); n > 0; --n) {
      words.push_back(
        std::string(1 + below(9), static_cast<char>('a' + below(26))));
      text += (text.empty() ? "" : " ") + words.back();
      at += static_cast<int64_t>(below(300));
      auto from = at;
      at += static_cast<int64_t>(40 + below(900));
      told.push_back({words.back(), from, at});
    }
    heard_ledger ledger;
    ledger.planned(1, 0, text + ".");
    auto heard = static_cast<int64_t>(below(static_cast<uint64_t>(at)));
    playback_cut cut{1, 0, heard, at, below(2) ? at : 0};
    cut.words = told;
    ledger.cut(cut);
    std::vector<std::string> expected;
    for (auto& x : told)
      if (x.end_ms <= heard)
        expected.push_back(x.text);
    ASSERT_EQ(words_of(ledger.state(1).heard), expected) << "round " << round;
    ASSERT_EQ(words_of(all_of(ledger.state(1))), words_of(text + "."));
  }
}

TEST(HeardLedger, TellsFillersApart) {
  heard_ledger ledger;
  ledger.planned(1, 0, "One moment.", true);
  ledger.planned(1, 1, "It is booked.");
  EXPECT_EQ(ledger.sentences(1), 2u);
  EXPECT_EQ(ledger.text(1), "One moment. It is booked.");
  EXPECT_EQ(ledger.text(1, false), "It is booked.");
  ledger.heard(1, 0);
  EXPECT_EQ(ledger.state(1).heard, "One moment.");
  EXPECT_EQ(ledger.state(1, false).heard, "");
  ledger.cut({1, 1, 0, 0, 0});
  EXPECT_EQ(ledger.remainder(1), (std::vector<std::string>{"It is booked."}));
  heard_ledger cut;
  cut.planned(1, 0, "One moment.", true);
  cut.cut({1, 0, 0, 0, 0});
  EXPECT_TRUE(cut.remainder(1).empty()) << "it need not be said again";
}

TEST(HeardLedger, BeginsWithNothingSent) {
  auto ledger = with({"Hello there.", "How are you?"});
  auto x = ledger.state(1);
  EXPECT_EQ(x.heard, "");
  EXPECT_EQ(x.sent, "");
  EXPECT_EQ(x.unsent, "Hello there. How are you?");
  EXPECT_EQ(ledger.text(1), "Hello there. How are you?");
  EXPECT_FALSE(ledger.closed(1));
  EXPECT_FALSE(ledger.all_closed());
}

TEST(HeardLedger, HearsBySentences) {
  auto ledger = with({"Hello there.", "How are you?", "Bye."});
  ledger.sent(1, 0);
  ledger.sent(1, 1);
  ledger.heard(1, 0);
  auto x = ledger.state(1);
  EXPECT_EQ(x.heard, "Hello there.");
  EXPECT_EQ(x.sent, "How are you?");
  EXPECT_EQ(x.unsent, "Bye.");
}

TEST(HeardLedger, HearsAllBeforeAHeardSentence) {
  auto ledger = with({"a", "b", "c"});
  ledger.heard(1, 1); // its mark came, that of 0 was lost
  EXPECT_EQ(ledger.state(1).heard, "a b");
}

TEST(HeardLedger, CutsWithinASentenceByItsAudio) {
  auto ledger = with({"Hello there.", "one two three four"}); // 18 characters
  ledger.sent(1, 0);
  ledger.cut({1, 1, 800, 1400, 1800});
  auto x = ledger.state(1);
  EXPECT_EQ(x.heard, "Hello there. one two");
  EXPECT_EQ(x.sent, "three");
  EXPECT_EQ(x.unsent, "four");
  EXPECT_TRUE(ledger.closed(1));
  EXPECT_TRUE(ledger.all_closed());
}

TEST(HeardLedger, GuessesTheLengthOfAudioThatWasStillBeingMade) {
  auto ledger = with({"one two three four"}); // 1200 ms at the usual pace
  ledger.cut({1, 0, 600, 600, 0});
  EXPECT_EQ(ledger.state(1).heard, "one two");
  auto slow = with({"one two three four"}); // more was sent than the usual
  slow.cut({1, 0, 1200, 2400, 0});
  EXPECT_EQ(slow.state(1).heard, "one two");
}

TEST(HeardLedger, CutsBeforeTheFirstSound) {
  auto ledger = with({"Hello there."});
  ledger.cut({1, 0, 0, 0, 0});
  EXPECT_EQ(ledger.state(1).heard, "");
  EXPECT_EQ(ledger.state(1).unsent, "Hello there.");
}

TEST(HeardLedger, ClosesATurnThatWasCutBeforeItsFirstSentence) {
  heard_ledger ledger;
  ledger.open(4);
  EXPECT_FALSE(ledger.closed(4));
  ledger.cut({4, 0, 0, 0, 0});
  EXPECT_TRUE(ledger.closed(4));
}

TEST(HeardLedger, BelievesNoMarkBehindACut) {
  auto ledger = with({"one two", "three"});
  ledger.cut({1, 0, 500, 1000, 1000});
  ledger.heard(1, 1); // the carrier returns the marks that it clears
  ledger.finished(1);
  EXPECT_EQ(ledger.state(1).heard, "one");
}

TEST(HeardLedger, KeepsTheFirstCut) {
  auto ledger = with({"one two three"});
  ledger.cut({1, 0, 300, 1300, 1300});
  ledger.cut({1, 0, 1300, 1300, 1300});
  EXPECT_EQ(ledger.state(1).heard, "one");
}

TEST(HeardLedger, FinishesWhole) {
  auto ledger = with({"one", "two"});
  ledger.finished(1);
  EXPECT_EQ(ledger.state(1).heard, "one two");
  EXPECT_TRUE(ledger.closed(1));
}

TEST(HeardLedger, GivesUpWithWhatIsKnown) {
  auto ledger = with({"one", "two"});
  ledger.heard(1, 0);
  ledger.give_up(1);
  EXPECT_TRUE(ledger.closed(1));
  EXPECT_EQ(ledger.state(1).heard, "one");
}

TEST(HeardLedger, IgnoresASentenceThatItKnowsAndOneOutOfOrder) {
  auto ledger = with({"one"});
  ledger.planned(1, 0, "uno");
  ledger.planned(1, 2, "three");
  EXPECT_EQ(ledger.text(1), "one");
  EXPECT_EQ(ledger.sentences(1), 1u);
  ledger.planned(1, 1, "two");
  EXPECT_EQ(ledger.text(1), "one two");
}

TEST(HeardLedger, NamesWhatDidNotGoOut) {
  auto ledger = with({"a", "b", "c"});
  ledger.sent(1, 0);
  auto unsent = ledger.unsent(1);
  ASSERT_EQ(unsent.size(), 2u);
  EXPECT_EQ(unsent[0], (std::pair<uint32_t, std::string>{1, "b"}));
  EXPECT_EQ(unsent[1], (std::pair<uint32_t, std::string>{2, "c"}));
}

TEST(HeardLedger, GoesOnFromTheFirstUnheardWord) {
  auto ledger = with({"Hello.", "one two three four", "Bye."});
  ledger.sent(1, 0);
  ledger.sent(1, 1);
  ledger.cut({1, 1, 800, 1800, 1800});
  EXPECT_EQ(ledger.remainder(1),
            (std::vector<std::string>{"three four", "Bye."}));
}

TEST(HeardLedger, KnowsNothingOfUnknownTurns) {
  heard_ledger ledger;
  EXPECT_FALSE(ledger.known(1));
  EXPECT_TRUE(ledger.closed(1)) << "nothing is missing of it";
  EXPECT_TRUE(ledger.all_closed());
  ledger.heard(1, 0);
  ledger.sent(1, 0);
  ledger.finished(1);
  ledger.cut({1, 0, 1, 1, 1});
  ledger.give_up(1);
  EXPECT_FALSE(ledger.known(1));
  EXPECT_EQ(ledger.text(1), "");
  EXPECT_TRUE(ledger.remainder(1).empty());
}

/// Whatever happens to a turn, each of its words is in one of the three
/// states, in order, and more is never heard than was sent.
TEST(HeardLedger, LosesNoWordWhereverItIsCut) {
  std::mt19937_64 random{20260411};
  auto below = [&](uint64_t n) { return random() % n; };
  for (int round = 0; round < 5000; ++round) {
    heard_ledger ledger;
    ledger.open(1);
    std::string text;
    auto lines = static_cast<uint32_t>(below(5));
    for (uint32_t i = 0; i < lines; ++i) {
      std::string line;
      for (auto words = 1 + below(8); words > 0; --words)
        line += (line.empty() ? "" : " ")
                + std::string(1 + below(9), 'a' + static_cast<char>(below(26)));
      ledger.planned(1, i, line);
      text += (text.empty() ? "" : " ") + line;
    }
    for (auto events = below(6); events > 0; --events) {
      auto index = static_cast<uint32_t>(below(lines + 2));
      auto total = static_cast<int64_t>(below(5000));
      auto sent = static_cast<int64_t>(below(5000));
      auto heard = static_cast<int64_t>(below(5000));
      switch (below(4)) {
        case 0: ledger.sent(1, index); break;
        case 1: ledger.heard(1, index); break;
        case 2: ledger.cut({1, index, heard, sent, total}); break;
        case 3: ledger.planned(1, index, "late"); break;
      }
    }
    ASSERT_EQ(words_of(all_of(ledger.state(1))), words_of(ledger.text(1)))
      << "round " << round;
    ASSERT_TRUE(ledger.text(1).starts_with(text)) << "round " << round;
    std::string rest;
    for (auto& line : ledger.remainder(1))
      rest += " " + line;
    ASSERT_EQ(words_of(ledger.state(1).heard + rest), words_of(ledger.text(1)))
      << "round " << round;
  }
}

} // namespace

} // namespace velox::actors
