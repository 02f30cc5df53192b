#include "actors/unsaid.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

sentence_audio
piece(uint32_t index, uint64_t offset, size_t size, bool last = false) {
  return {1, index, offset, std::vector<uint8_t>(size, 0x7F), last};
}

TEST(Unsaid, OwesWhatHasNotComeToItsEnd) {
  unsaid x;
  x.add({1, 0, "One."});
  x.add({1, 1, "Two."});
  auto first = piece(0, 0, 800, true);
  EXPECT_TRUE(x.take(first));
  EXPECT_FALSE(x.take(first)) << "nobody owes it any more";
  std::vector<sentence_audio> done;
  auto owed = x.hand_over(done);
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(owed[0].text, "Two.");
  EXPECT_TRUE(done.empty());
}

TEST(Unsaid, HandsOverTheRestOfASentence) {
  unsaid x;
  x.add({1, 0, "We are open from nine to five on weekdays."});
  auto some = piece(0, 0, 8000); // a second: fifteen characters
  EXPECT_TRUE(x.take(some));
  std::vector<sentence_audio> done;
  auto owed = x.hand_over(done);
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(owed[0].text, "from nine to five on weekdays.");
  // What the next voice says is behind what the first has said.
  auto more = piece(0, 0, 100);
  EXPECT_TRUE(x.take(more));
  EXPECT_EQ(more.offset, 8000u);
}

TEST(Unsaid, GoesByTheTimesOfWordsWhereTheyAreKnown) {
  unsaid x;
  x.add({1, 0, "One two three four."});
  auto some = piece(0, 0, 8000);
  some.words = {{"One", 0, 300}, {"two", 350, 900}, {"three", 950, 1300}};
  EXPECT_TRUE(x.take(some));
  std::vector<sentence_audio> done;
  auto owed = x.hand_over(done);
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(owed[0].text, "three four.");
}

TEST(Unsaid, SurvivesTwoVoicesThatFail) {
  unsaid x;
  x.add({1, 0, "One two three four five six seven eight."});
  auto some = piece(0, 0, 4000);
  some.words = {{"One", 0, 400}, {"two", 450, 900}};
  x.take(some);
  std::vector<sentence_audio> done;
  EXPECT_EQ(x.hand_over(done)[0].text, "two three four five six seven eight.");
  auto more = piece(0, 0, 8000);
  more.words = {{"two", 0, 300}, {"three", 350, 700}, {"four", 750, 1200}};
  x.take(more);
  EXPECT_EQ(more.words[0].start_ms, 500);
  EXPECT_EQ(x.hand_over(done)[0].text, "four five six seven eight.");
}

TEST(Unsaid, EndsASentenceOfWhichNothingIsLeft) {
  unsaid x;
  x.add({1, 0, "Yes."});
  x.add({1, 1, "Sure."});
  auto all_but_the_end = piece(0, 0, 16000);
  x.take(all_but_the_end);
  std::vector<sentence_audio> done;
  auto owed = x.hand_over(done);
  ASSERT_EQ(done.size(), 1u);
  EXPECT_TRUE(done[0].last);
  EXPECT_EQ(done[0].offset, 16000u);
  ASSERT_EQ(owed.size(), 1u);
  EXPECT_EQ(owed[0].text, "Sure.");
}

TEST(Unsaid, DropsWhatWasCancelled) {
  unsaid x;
  x.add({1, 0, "One."});
  x.add({2, 0, "Two."});
  x.drop_up_to(1);
  EXPECT_FALSE(x.empty());
  x.drop_up_to(2);
  EXPECT_TRUE(x.empty());
}

TEST(Unsaid, NeverCutsAWord) {
  std::string text = "Abc defgh ijklmno, pqrs.";
  for (int64_t ms = 0; ms < 3000; ms += 37) {
    auto at = reached(text, {}, ms);
    EXPECT_TRUE(at == 0 || at == text.size() || text[at - 1] == ' ') << ms;
  }
}

} // namespace

} // namespace velox::actors
