#include "actors/talk_meter.hpp"

#include <gtest/gtest.h>

#include <random>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

const talk_meter::time_point start{24h};

TEST(TalkMeter, CutsAnHourInto120Ticks) {
  talk_meter meter{start, 30s};
  EXPECT_EQ(meter.complete(start + 1h), 120u);
  EXPECT_EQ(meter.rest(start + 1h), 0);
  EXPECT_EQ(meter.total(start + 1h), 3600);
}

TEST(TalkMeter, RoundsTheRestUp) {
  talk_meter meter{start, 30s};
  EXPECT_EQ(meter.rest(start + 1ns), 1);
  EXPECT_EQ(meter.rest(start + 1s), 1);
  EXPECT_EQ(meter.rest(start + 29001ms), 30);
  EXPECT_EQ(meter.total(start + 61500ms), 62);
}

TEST(TalkMeter, ATickIsOverAtItsEnd) {
  talk_meter meter{start, 30s};
  EXPECT_EQ(meter.end_of(0), start + 30s);
  EXPECT_EQ(meter.end_of(9), start + 300s);
  EXPECT_EQ(meter.complete(start + 30s - 1ns), 0u);
  EXPECT_EQ(meter.complete(start + 30s), 1u);
}

TEST(TalkMeter, CostsNothingBeforeTheStart) {
  talk_meter meter{start, 30s};
  for (auto now : {start, start - 1h}) {
    EXPECT_EQ(meter.complete(now), 0u);
    EXPECT_EQ(meter.rest(now), 0);
    EXPECT_EQ(meter.total(now), 0);
  }
}

TEST(TalkMeter, NeverFallsAndIsNeverMoreThanASecondOff) {
  talk_meter meter{start, 30s};
  std::mt19937_64 random{7};
  int64_t before = 0;
  auto now = start;
  for (int i = 0; i < 10'000; ++i) {
    now += std::chrono::microseconds{random() % 3'000'000};
    auto total = meter.total(now);
    ASSERT_GE(total, before);
    ASSERT_GE(std::chrono::seconds{total}, now - start);
    ASSERT_LT(std::chrono::seconds{total}, now - start + 1s);
    before = total;
  }
}

} // namespace

} // namespace velox::actors
