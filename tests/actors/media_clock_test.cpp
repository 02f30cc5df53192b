#include "actors/media_clock.hpp"

#include <gtest/gtest.h>

#include <random>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;
using time_point = media_clock::time_point;

const time_point start{};

TEST(MediaClock, KnowsTheCarriersTimeFromTheAudioThatCame) {
  media_clock x{start};
  EXPECT_EQ(x.arrived(0, 800, start + 180ms), 0) << "80 ms on its way";
  EXPECT_EQ(x.ms_at(start + 1080ms), 1000);
}

TEST(MediaClock, PlacesAudioWithoutAStampBehindTheLast) {
  media_clock x{start};
  EXPECT_EQ(x.arrived(-1, 800, start + 100ms), 0);
  EXPECT_EQ(x.arrived(-1, 1600, start + 300ms), 100);
  EXPECT_EQ(x.arrived(-1, 800, start + 400ms), 300);
}

/// Field lesson 15: other engines' recordings drift by 10 %.
TEST(MediaClock, DoesNotDriftUnderJitterAndLoss) {
  std::mt19937_64 random{15};
  media_clock x{start};
  auto latency = 60;
  for (int64_t at = 0; at < 600'000; at += 100) {
    if (random() % 10 == 0)
      continue; // lost
    auto late = latency + static_cast<int>(random() % 80);
    x.arrived(at, 800, start + std::chrono::milliseconds{at + 100 + late});
    auto now = start + std::chrono::milliseconds{at + 150 + late};
    auto real = at + 150 + late - latency;
    if (at < 5'000)
      continue;
    ASSERT_NEAR(static_cast<double>(x.ms_at(now)), static_cast<double>(real),
                20)
      << at;
  }
}

} // namespace

} // namespace velox::actors
