#include "protocol/background_sound.hpp"

#include "protocol/g711.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>

namespace velox {

namespace {

constexpr std::array<std::string_view, 2> names{"typing", "office"};

constexpr double wanted_dbfs = -38;

/// Louder than this a single click draws attention; in 16-bit samples.
constexpr double highest_peak = 2600;

using samples = std::vector<double>;

/// Random numbers that are the same with every standard library (its
/// distributions are not).
class dice {
public:
  explicit dice(uint32_t seed) : random_(seed) {}

  /// From `low` up to `high`, evenly.
  double between(double low, double high) {
    return low + (high - low) * (static_cast<double>(random_()) / 4294967296.0);
  }

private:
  std::mt19937 random_;
};

size_t samples_in(double seconds) {
  return static_cast<size_t>(seconds * mulaw_rate);
}

/// One key goes down, or comes up: a burst of noise that rings a little. What
/// goes beyond the end of the loop is heard at its beginning.
void add_click(samples& loop, size_t at, double peak, dice& any) {
  auto hz = any.between(1700, 2900);
  auto fade = any.between(0.0025, 0.006); // seconds
  auto phase = any.between(0, 6);
  for (size_t i = 0; i < samples_in(0.03); ++i) {
    auto t = static_cast<double>(i) / mulaw_rate;
    auto ring = std::sin(2 * std::numbers::pi * hz * t + phase);
    auto value = (0.6 * ring + any.between(-0.7, 0.7)) * std::exp(-t / fade);
    loop[(at + i) % loop.size()] += peak * value;
  }
}

/// Words of three to eight strokes with pauses between them.
void add_typing(samples& loop, double peak, dice& any) {
  auto seconds = static_cast<double>(loop.size()) / mulaw_rate;
  for (double t = 0.2; t < seconds - 0.4; t += any.between(0.25, 0.8)) {
    auto strokes = static_cast<int>(any.between(3, 9));
    for (int i = 0; i < strokes && t < seconds - 0.2; ++i) {
      auto loudness = peak * any.between(0.5, 1);
      add_click(loop, samples_in(t), loudness, any);
      add_click(loop, samples_in(t + any.between(0.06, 0.09)), loudness / 3,
                any);
      t += any.between(0.1, 0.22);
    }
  }
}

/// Air and far voices: soft noise that swells and falls. The filter runs over
/// the loop twice: the second time it starts in the state of the loop's end.
void add_room(samples& loop, double peak, dice& any) {
  samples hiss(loop.size());
  for (auto& x : hiss)
    x = any.between(-1, 1);
  double low = 0;
  double lower = 0;
  for (int round = 0; round < 2; ++round)
    for (size_t i = 0; i < hiss.size(); ++i) {
      low += 0.35 * (hiss[i] - low); // below some 450 Hz
      lower += 0.08 * (low - lower); // but not below some 100 Hz
      auto part = static_cast<double>(i) / static_cast<double>(hiss.size());
      // Whole swells per loop, so that it closes.
      auto swell = 1 + 0.25 * std::sin(2 * std::numbers::pi * 3 * part)
                   + 0.15 * std::sin(2 * std::numbers::pi * 7 * part + 1);
      if (round == 1)
        loop[i] += peak * (low - lower) * swell;
    }
}

double rms_of(const samples& x) {
  double power = 0;
  for (auto sample : x)
    power += sample * sample;
  return std::sqrt(power / static_cast<double>(x.size()));
}

/// At the wanted level, its peaks rounded off.
std::vector<uint8_t> levelled(const samples& loop) {
  auto wanted = 32768 * std::pow(10, wanted_dbfs / 20);
  auto factor = wanted / rms_of(loop);
  samples soft(loop.size());
  // Rounding off takes some of the level away, which more of it gives back.
  for (int i = 0; i < 8; ++i) {
    std::transform(loop.begin(), loop.end(), soft.begin(), [&](double x) {
      return highest_peak * std::tanh(x * factor / highest_peak);
    });
    factor *= wanted / rms_of(soft);
  }
  std::vector<uint8_t> result;
  result.reserve(loop.size());
  for (auto x : soft)
    result.push_back(linear_to_mulaw(static_cast<int16_t>(std::lround(x))));
  return result;
}

std::vector<uint8_t> typing() {
  samples loop(samples_in(9));
  dice any{11};
  add_room(loop, 0.05, any);
  add_typing(loop, 1, any);
  return levelled(loop);
}

std::vector<uint8_t> office() {
  samples loop(samples_in(11));
  dice any{23};
  add_room(loop, 1, any);
  add_typing(loop, 0.25, any);
  return levelled(loop);
}

} // namespace

std::span<const std::string_view> background_sounds() {
  return names;
}

const std::vector<uint8_t>& background_sound(std::string_view name) {
  if (name == names[0]) {
    static const auto loop = typing();
    return loop;
  }
  if (name == names[1]) {
    static const auto loop = office();
    return loop;
  }
  std::string known;
  for (auto x : names)
    known += (known.empty() ? "" : ", ") + std::string{x};
  throw std::invalid_argument("there is no background sound '"
                              + std::string{name.substr(0, 40)}
                              + "'; choose one of: " + known);
}

} // namespace velox
