#include "bench/turn_board.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <unistd.h>

namespace velox::test {

namespace {

using namespace std::chrono_literals;
using namespace velox::bench;

std::string_view as_text(const std::vector<uint8_t>& x) {
  return {reinterpret_cast<const char*>(x.data()), x.size()};
}

TEST(TurnBoard, FindsATurnInWhateverCarriesIt) {
  struct {
    std::string_view text;
    std::string_view word;
    std::optional<turn_id> expected;
  } table[] = {
    {"question 12 3 please", question_word, turn_id{12, 3}},
    {"question 1 1 please, question 499 14 please", question_word,
     turn_id{499, 14}},
    {"Reply 0 0 is ready", answer_word, turn_id{0, 0}},
    {"#7 2;", frame_word, turn_id{7, 2}},
    {"question 12 3", question_word, std::nullopt}, // may go on
    {"question 12", question_word, std::nullopt},
    {"question 12,3 ", question_word, std::nullopt},
    {"question", question_word, std::nullopt},
    {"", answer_word, std::nullopt},
  };
  for (auto& x : table)
    EXPECT_EQ(find_turn(x.text, x.word), x.expected) << x.text;
}

TEST(TurnBoard, AFrameCarriesItsTurnAndNoSilence) {
  auto frame = turn_frame({499, 14});
  EXPECT_EQ(frame.size(), 160u);
  EXPECT_EQ(find_turn(as_text(frame), frame_word), (turn_id{499, 14}));
  for (auto byte : frame)
    EXPECT_NE(byte, 0xFF);
}

TEST(TurnBoard, ReadsNumbersThatAVoiceLeavesAlone) {
  EXPECT_EQ(in_letters(0), "a");
  EXPECT_EQ(in_letters(4091), "eajb");
  EXPECT_EQ(
    find_turn("Reply " + in_letters(499) + " " + in_letters(14) + " is ready",
              answer_word),
    (turn_id{499, 14}));
}

TEST(TurnBoard, SpreadsTurnsEvenlyAndEndsThem) {
  turn_board board{4, 2, 4s};
  auto now = clock::now();
  EXPECT_FALSE(board.spoken_by(0, now)); // not begun
  board.start(now);
  EXPECT_FALSE(board.spoken_by(0, now - 1ms));
  EXPECT_EQ(board.spoken_by(0, now), (turn_id{0, 0}));
  EXPECT_EQ(board.spoken_by(0, now + 299ms), (turn_id{0, 0}));
  EXPECT_FALSE(board.spoken_by(0, now + 300ms));
  EXPECT_FALSE(board.spoken_by(3, now + 2'999ms));
  EXPECT_EQ(board.spoken_by(3, now + 3s), (turn_id{3, 0}));
  EXPECT_EQ(board.spoken_by(3, now + 7s), (turn_id{3, 1}));
  EXPECT_FALSE(board.spoken_by(3, now + 11s)); // two turns, no more
  EXPECT_FALSE(board.spoken_by(4, now));       // no such call
  EXPECT_EQ(board.last_word(), now + 8'300ms);
}

TEST(TurnBoard, KeepsTheFirstTimeAndWaitsForSound) {
  turn_board board{1, 2, 1s};
  board.heard(0); // the greeting
  EXPECT_EQ(board.times()[0], turn_times{});
  board.note({0, 0}, turn_event::sound);
  board.heard(0);
  auto first = board.times();
  EXPECT_NE(first[0].back(), 0);
  EXPECT_EQ(first[1].back(), 0);
  EXPECT_FALSE(board.complete());
  board.note({0, 1}, turn_event::sound);
  board.heard(0);
  EXPECT_EQ(board.times()[0], first[0]);
  EXPECT_TRUE(board.complete());
  board.note({7, 7}, turn_event::sound); // nobody's
}

TEST(TurnBoard, IsOneForAllWhoShareIt) {
  turn_board board{2, 2, 1s};
  {
    auto theirs = board.share();
    theirs.replace(0, theirs.find(' '),
                   std::to_string(dup(std::stoi(theirs)))); // as a child has it
    turn_board same{theirs};
    EXPECT_EQ(same.calls(), 2u);
    same.note({1, 1}, turn_event::ended);
    board.start(clock::now());
    EXPECT_EQ(same.last_word(), board.last_word());
  }
  EXPECT_NE(board.times()[3][0], 0);
  EXPECT_THROW(turn_board{"nonsense"}, std::invalid_argument);
}

TEST(TurnBoard, TakesTheVendorsDelaysAway) {
  constexpr int64_t ms = 1'000'000;
  // ended, asked, token, text, sound, frame
  auto spans = spans_of({
    {1 * ms, 3 * ms, 105 * ms, 106 * ms, 160 * ms, 164 * ms},
    {1 * ms, 3 * ms, 105 * ms, 0, 0, 0},
    {1 * ms, 2 * ms, 102 * ms, 105 * ms, 155 * ms, 160 * ms},
  });
  EXPECT_EQ(spans.planned, 3u);
  EXPECT_EQ(spans.unanswered, 1u);
  EXPECT_EQ(spans.request, (std::vector<double>{2, 1}));
  EXPECT_EQ(spans.text, (std::vector<double>{1, 3}));
  EXPECT_EQ(spans.frame, (std::vector<double>{4, 5}));
  EXPECT_EQ(spans.whole, (std::vector<double>{7, 9}));
  EXPECT_EQ(spans.delays, (std::vector<double>{156, 150}));
}

} // namespace

} // namespace velox::test
