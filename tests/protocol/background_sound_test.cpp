#include "protocol/background_sound.hpp"

#include "protocol/g711.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

using namespace velox;

TEST(BackgroundSound, IsQuietAndLongEnough) {
  for (auto name : background_sounds()) {
    auto& loop = background_sound(name);
    EXPECT_GE(loop.size(), 8 * 8000u) << name;
    EXPECT_LE(loop.size(), 12 * 8000u) << name;
    EXPECT_NEAR(level_dbfs(loop), -38, 1.5) << name;
    for (auto byte : loop) // no click as loud as speech
      ASSERT_LT(std::abs(mulaw_to_linear(byte)), 2700) << name;
    EXPECT_EQ(&loop, &background_sound(name)) << "made once";
  }
  EXPECT_NE(background_sound("typing"), background_sound("office"));
}

TEST(BackgroundSound, ClosesWithoutAClick) {
  for (auto name : background_sounds()) {
    auto& loop = background_sound(name);
    // The seam is no larger a step than the loop has elsewhere, by far.
    std::vector<int> steps;
    for (size_t i = 1; i < loop.size(); ++i)
      steps.push_back(
        std::abs(mulaw_to_linear(loop[i]) - mulaw_to_linear(loop[i - 1])));
    std::sort(steps.begin(), steps.end());
    auto seam
      = std::abs(mulaw_to_linear(loop.front()) - mulaw_to_linear(loop.back()));
    EXPECT_LE(seam, steps[steps.size() * 99 / 100]) << name;
    // ... and neither end is a fade: 100 ms around it are as loud as the room.
    auto ends = std::vector<uint8_t>(loop.end() - 400, loop.end());
    ends.insert(ends.end(), loop.begin(), loop.begin() + 400);
    EXPECT_GT(level_dbfs(ends), -70) << name;
  }
}

TEST(BackgroundSound, NamesThoseThereAre) {
  try {
    background_sound("disco");
    FAIL() << "there is no such sound";
  } catch (const std::invalid_argument& e) {
    EXPECT_STREQ(e.what(), "there is no background sound 'disco'; choose one "
                           "of: typing, office");
  }
}
