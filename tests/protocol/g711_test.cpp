#include "protocol/g711.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace velox;

TEST(G711, KnowsTheCornersOfTheTable) {
  EXPECT_EQ(mulaw_to_linear(0xff), 0);
  EXPECT_EQ(mulaw_to_linear(0x7f), 0);
  EXPECT_EQ(mulaw_to_linear(0x00), -32124);
  EXPECT_EQ(mulaw_to_linear(0x80), 32124);
  EXPECT_EQ(mulaw_to_linear(0xfe), 8);
  EXPECT_EQ(linear_to_mulaw(0), mulaw_silence);
  EXPECT_EQ(linear_to_mulaw(32767), 0x80);
  EXPECT_EQ(linear_to_mulaw(-32768), 0x00);
}

TEST(G711, TheTableAgreesWithTheFormulaForEverySample) {
  for (int sample = -32768; sample <= 32767; ++sample)
    ASSERT_EQ(linear_to_mulaw(static_cast<int16_t>(sample)),
              linear_to_mulaw_reference(static_cast<int16_t>(sample)))
      << sample;
}

TEST(G711, EveryByteButNegativeZeroSurvivesARoundTrip) {
  for (int byte = 0; byte < 256; ++byte) {
    auto back = linear_to_mulaw(mulaw_to_linear(static_cast<uint8_t>(byte)));
    EXPECT_EQ(back, byte == 0x7f ? 0xff : byte);
  }
}

TEST(G711, ErrorIsAtMostHalfAStep) {
  for (int sample = -32635; sample <= 32635; ++sample) {
    int back = mulaw_to_linear(linear_to_mulaw(static_cast<int16_t>(sample)));
    int magnitude = std::abs(sample) + 132;
    int step = 8;
    while (magnitude >= step * 32)
      step *= 2;
    ASSERT_LE(std::abs(back - sample), step / 2) << sample;
  }
}

TEST(G711, ConvertsSpans) {
  std::vector<uint8_t> mulaw{0xff, 0x80, 0x00, 0x55};
  std::vector<int16_t> linear(4);
  mulaw_to_linear(mulaw, linear);
  EXPECT_EQ(linear[1], 32124);
  std::vector<uint8_t> back(4);
  linear_to_mulaw(linear, back);
  EXPECT_EQ(back, mulaw);
}

TEST(G711, MeasuresLevels) {
  EXPECT_EQ(level_dbfs({}), -120);
  EXPECT_EQ(level_dbfs(std::vector<uint8_t>(160, mulaw_silence)), -120);
  EXPECT_NEAR(level_dbfs(std::vector<uint8_t>(160, 0x80)), -0.17, 0.01);
  // A tenth of the amplitude is 20 dB less.
  auto tenth = linear_to_mulaw(3212);
  EXPECT_NEAR(level_dbfs(std::vector<uint8_t>(160, tenth)), -20.2, 0.3);
}
