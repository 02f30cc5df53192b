#include "persistence/reconnect_pause.hpp"

#include <gtest/gtest.h>

namespace velox::persistence {

namespace {

using namespace std::chrono_literals;

/// How long `x` waits after a failure at `now`.
std::chrono::milliseconds
wait_of(reconnect_pause& x, reconnect_pause::time_point now) {
  x.failed(now);
  auto result = 0ms;
  while (!x.over(now + result))
    result += 1ms;
  return result;
}

TEST(ReconnectPause, DoublesUpToFiveSecondsAndIsShortenedByChance) {
  for (uint32_t seed = 0; seed < 50; ++seed) {
    reconnect_pause x{seed};
    reconnect_pause::time_point now{1h};
    EXPECT_TRUE(x.over(now));
    for (auto whole :
         {100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5000ms, 5000ms}) {
      auto wait = wait_of(x, now);
      EXPECT_GE(wait, whole / 2) << "seed " << seed;
      EXPECT_LE(wait, whole) << "seed " << seed;
    }
    x.succeeded();
    EXPECT_TRUE(x.over(now));
    EXPECT_LE(wait_of(x, now), 100ms);
  }
}

TEST(ReconnectPause, DiffersBetweenEngines) {
  reconnect_pause a{1};
  reconnect_pause b{2};
  reconnect_pause::time_point now{1h};
  bool differs = false;
  for (int i = 0; i < 8; ++i)
    differs = wait_of(a, now) != wait_of(b, now) || differs;
  EXPECT_TRUE(differs);
}

} // namespace

} // namespace velox::persistence
