#include "adapters/cli/playout.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace velox::cli;

namespace {

using names = std::vector<std::string>;

/// 20 ms of audio, all bytes `x`.
std::vector<uint8_t> frame(uint8_t x) {
  return std::vector<uint8_t>(160, x);
}

/// Lets 20 ms pass.
std::vector<uint8_t> next_frame(playout& line) {
  std::vector<uint8_t> out(160);
  line.play_out(out);
  return out;
}

} // namespace

TEST(Playout, PlaysWhatWasQueuedInOrderThenSilence) {
  playout line;
  line.queue(frame(1));
  line.queue(std::vector<uint8_t>(80, 2));
  EXPECT_EQ(next_frame(line), frame(1));
  auto half = frame(0xFF);
  std::fill_n(half.begin(), 80, uint8_t{2});
  EXPECT_EQ(next_frame(line), half);
  EXPECT_EQ(next_frame(line), frame(0xFF));
}

TEST(Playout, SaysHowMuchOfAFrameWasAudio) {
  playout line;
  line.queue(std::vector<uint8_t>(200, 1));
  std::array<uint8_t, 160> out{};
  EXPECT_EQ(line.play_out(out), 160u);
  EXPECT_EQ(line.buffered(), 40u);
  EXPECT_EQ(line.play_out(out), 40u);
  EXPECT_EQ(line.play_out(out), 0u);
}

TEST(Playout, ReturnsAMarkWhenItsPositionIsReached) {
  playout line;
  line.queue(frame(1));
  line.queue(frame(2));
  line.mark("two frames");
  line.queue(frame(3));
  line.mark("three frames");
  next_frame(line);
  EXPECT_EQ(line.take_reached(), names{});
  next_frame(line);
  EXPECT_EQ(line.take_reached(), names{"two frames"});
  EXPECT_EQ(line.take_reached(), names{}) << "returned once only";
  next_frame(line);
  EXPECT_EQ(line.take_reached(), names{"three frames"});
}

TEST(Playout, ReturnsAMarkBehindNothingAtOnce) {
  playout line;
  line.mark("now");
  EXPECT_EQ(line.take_reached(), names{"now"});
  line.queue(frame(1));
  next_frame(line);
  line.mark("now too");
  EXPECT_EQ(line.take_reached(), names{"now too"});
}

TEST(Playout, WaitsForAudioThatDoesNotFillAFrame) {
  playout line;
  line.queue(std::vector<uint8_t>(161, 1));
  line.mark("one byte more");
  next_frame(line);
  EXPECT_EQ(line.take_reached(), names{});
  next_frame(line);
  EXPECT_EQ(line.take_reached(), names{"one byte more"});
}

TEST(Playout, ClearDropsAudioAndReturnsAllMarks) {
  playout line;
  line.queue(frame(1));
  line.mark("a");
  line.queue(frame(2));
  line.mark("b");
  EXPECT_EQ(line.clear(), 320u);
  EXPECT_EQ(line.take_reached(), (names{"a", "b"}));
  EXPECT_EQ(next_frame(line), frame(0xFF));
  EXPECT_EQ(line.pending_marks(), 0u);
}

TEST(Playout, GoesOnCountingAfterClear) {
  playout line;
  line.queue(std::vector<uint8_t>(1000, 1));
  next_frame(line);
  line.clear();
  line.queue(frame(2));
  line.mark("after clear");
  EXPECT_EQ(line.take_reached(), names{});
  EXPECT_EQ(next_frame(line), frame(2));
  EXPECT_EQ(line.take_reached(), names{"after clear"});
}
