#include "protocol/dial_tones.hpp"

#include "protocol/g711.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <string>

using namespace velox;

namespace {

/// The level of one frequency in `x`, in dBm0 (Goertzel's sum, done slowly).
double level_at(std::span<const uint8_t> x, double hz) {
  double re = 0;
  double im = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    auto turn = 2 * std::numbers::pi * hz * static_cast<double>(i) / 8000;
    re += mulaw_to_linear(x[i]) * std::cos(turn);
    im += mulaw_to_linear(x[i]) * std::sin(turn);
  }
  auto peak = 2 * std::hypot(re, im) / static_cast<double>(x.size());
  return 20 * std::log10(peak / 32124 + 1e-9) + 3.17;
}

} // namespace

TEST(DialTones, AreThoseOfQ23) {
  const std::map<char, std::pair<double, double>> table{
    {'1', {697, 1209}}, {'2', {697, 1336}}, {'3', {697, 1477}},
    {'A', {697, 1633}}, {'4', {770, 1209}}, {'5', {770, 1336}},
    {'6', {770, 1477}}, {'B', {770, 1633}}, {'7', {852, 1209}},
    {'8', {852, 1336}}, {'9', {852, 1477}}, {'C', {852, 1633}},
    {'*', {941, 1209}}, {'0', {941, 1336}}, {'#', {941, 1477}},
    {'D', {941, 1633}}};
  for (auto& [key, hz] : table) {
    auto x = dial_tones(std::string{key});
    ASSERT_TRUE(x) << key;
    ASSERT_EQ(x->size(), 1600u) << "100 ms of tone, 100 ms of silence";
    auto tone = std::span{*x}.first(800);
    EXPECT_NEAR(level_at(tone, hz.first), -14, 0.5) << key;
    EXPECT_NEAR(level_at(tone, hz.second), -12, 0.5) << key;
    for (double other : {697., 770., 852., 941., 1209., 1336., 1477., 1633.})
      if (other != hz.first && other != hz.second) {
        EXPECT_LT(level_at(tone, other), -30) << key << ' ' << other;
      }
    for (auto byte : std::span{*x}.subspan(800))
      ASSERT_EQ(byte, mulaw_silence) << key;
  }
}

TEST(DialTones, Wait) {
  EXPECT_EQ(dial_tones("w")->size(), 4000u);
  EXPECT_EQ(dial_tones("1ww2")->size(), 2 * 1600u + 2 * 4000u);
  EXPECT_EQ(dial_tones("12 3-4")->size(), 4 * 1600u);
  EXPECT_TRUE(dial_tones("")->empty());
}

TEST(DialTones, RefuseWhatIsNoKey) {
  for (auto x : {"12x", "W", "a", "+1555", "1,2", "\xC3\xA9"})
    EXPECT_FALSE(dial_tones(x)) << x;
  EXPECT_TRUE(dial_tones(std::string(longest_dial_string, '1')));
  EXPECT_FALSE(dial_tones(std::string(longest_dial_string + 1, '1')));
}
