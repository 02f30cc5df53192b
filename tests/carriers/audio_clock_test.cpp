#include "adapters/carriers/twilio/audio_clock.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace velox;
using namespace velox::carriers::twilio;

namespace {

twilio_media media(uint64_t chunk, uint64_t timestamp_ms, size_t bytes = 160) {
  return {twilio_track::inbound, chunk + 2, chunk, timestamp_ms, bytes};
}

} // namespace

TEST(AudioClock, CountsAudioByItsBytes) {
  audio_clock clock;
  for (uint64_t i = 0; i < 1000; ++i) {
    // Time stamps jitter by up to 15 ms around the truth.
    auto jitter = i * 7919 % 31;
    auto x
      = clock.next(media(i + 1, 100 + 20 * i + jitter - (i ? 15 : jitter)));
    EXPECT_TRUE(x.wanted);
    EXPECT_FALSE(x.gap) << i;
    EXPECT_EQ(x.at_ms, static_cast<int64_t>(100 + 20 * i));
  }
}

TEST(AudioClock, FindsWhatWasLost) {
  audio_clock clock;
  EXPECT_EQ(clock.next(media(1, 0)).at_ms, 0);
  auto x = clock.next(media(4, 60));
  EXPECT_TRUE(x.gap);
  EXPECT_EQ(x.at_ms, 60);
  x = clock.next(media(5, 80));
  EXPECT_FALSE(x.gap);
  EXPECT_EQ(x.at_ms, 80);
}

TEST(AudioClock, WantsNothingTwice) {
  audio_clock clock;
  clock.next(media(1, 0));
  clock.next(media(2, 20));
  EXPECT_FALSE(clock.next(media(2, 20)).wanted); // again
  EXPECT_FALSE(clock.next(media(1, 0)).wanted);  // far too late
  auto x = clock.next(media(3, 40));
  EXPECT_TRUE(x.wanted);
  EXPECT_EQ(x.at_ms, 40);
}

TEST(AudioClock, BelievesNoClockThatSaysNothingOrGoesBack) {
  audio_clock silent;
  for (int i = 0; i < 50; ++i) {
    auto x = silent.next(media(0, 0));
    EXPECT_TRUE(x.wanted);
    EXPECT_FALSE(x.gap);
    EXPECT_EQ(x.at_ms, 20 * i);
  }
  audio_clock back;
  back.next(media(1, 5000));
  auto x = back.next(media(2, 0));
  EXPECT_TRUE(x.wanted);
  EXPECT_FALSE(x.gap);
  EXPECT_EQ(x.at_ms, 5020);
  EXPECT_EQ(back.next(media(3, UINT64_MAX)).at_ms, 5040);
}

/// Whatever is lost, doubled or late by how much: what is wanted lies within
/// the tolerance of where it was said, and never before what came earlier.
TEST(AudioClock, IsNeverOffByMoreThanItsTolerance) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random{seed};
    audio_clock clock;
    int64_t end = 0;
    for (uint64_t i = 0; i < 500; ++i) {
      if (random() % 10 == 0)
        continue; // lost
      auto truth = static_cast<int64_t>(20 * i);
      auto said = truth + static_cast<int64_t>(random() % 10);
      auto x = clock.next(media(i + 1, static_cast<uint64_t>(said)));
      ASSERT_TRUE(x.wanted) << "seed " << seed;
      ASSERT_LE(std::abs(x.at_ms - truth), 30) << "seed " << seed;
      ASSERT_GE(x.at_ms, end) << "seed " << seed;
      end = x.at_ms + 20;
      if (random() % 10 == 0) {
        ASSERT_FALSE(
          clock.next(media(i + 1, static_cast<uint64_t>(said))).wanted);
      }
    }
  }
}

TEST(KeyMerger, CountsAPressOnce) {
  key_merger keys;
  EXPECT_TRUE(keys.carrier_event('5', 1000));
  EXPECT_FALSE(keys.tone('5', 1060));
  EXPECT_TRUE(keys.tone('6', 2000));
  EXPECT_FALSE(keys.carrier_event('6', 2900)); // held for long
}

TEST(KeyMerger, CountsEachOfManyPresses) {
  key_merger keys;
  // Twice the same, each on both sides, the carrier's events late.
  EXPECT_TRUE(keys.tone('5', 1000));
  EXPECT_TRUE(keys.tone('5', 1150));
  EXPECT_FALSE(keys.carrier_event('5', 1200));
  EXPECT_FALSE(keys.carrier_event('5', 1350));
  EXPECT_TRUE(keys.carrier_event('5', 1500));
  // Different ones never match.
  EXPECT_TRUE(keys.carrier_event('1', 3000));
  EXPECT_TRUE(keys.tone('2', 3010));
  EXPECT_FALSE(keys.tone('1', 3020));
}

TEST(KeyMerger, TakesWhatIsFarApartForTwoPresses) {
  key_merger keys;
  EXPECT_TRUE(keys.carrier_event('5', 1000));
  EXPECT_TRUE(keys.tone('5', 1301));
  key_merger others;
  EXPECT_TRUE(others.tone('5', 1000));
  EXPECT_TRUE(others.carrier_event('5', 2001));
}

TEST(KeyMerger, ForgetsTheOldest) {
  key_merger keys;
  for (int i = 0; i < 1000; ++i)
    EXPECT_TRUE(keys.tone("0123456789"[i % 10], 1000 + i));
  EXPECT_FALSE(keys.carrier_event('9', 2000));
}
