#include "bench/endings/spoken.hpp"

#include "adapters/speech/offline.hpp"
#include "protocol/g711.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <random>
#include <span>
#include <stdexcept>

namespace velox::bench {

namespace {

constexpr size_t per_ms = mulaw_rate / 1000;

/// Quieter is silence, over windows of 5 ms: a soft "f" is louder.
constexpr double silence_dbfs = -60;
constexpr size_t window = 5 * per_ms;

using bytes = std::vector<uint8_t>;

/// `x` from its first sound to its last.
std::span<const uint8_t> sound_of(const bytes& x) {
  std::span<const uint8_t> result{x};
  auto silent = [](auto y) { return level_dbfs(y) < silence_dbfs; };
  while (result.size() >= window && silent(result.first(window)))
    result = result.subspan(window);
  while (result.size() >= window && silent(result.last(window)))
    result = result.first(result.size() - window);
  return result.first(result.size() / per_ms * per_ms);
}

audio_time length(const bytes& x) {
  return audio_time{x.size() / per_ms};
}

void add_silence(bytes& to, audio_time span) {
  to.resize(to.size() + static_cast<size_t>(span.count()) * per_ms,
            mulaw_silence);
}

/// FNV-1a (Fowler, Noll, Vo; 32 bits): each utterance has noise of its own.
uint32_t seed_of(const std::string& text) {
  uint32_t result = 2166136261u;
  for (unsigned char c : text)
    result = (result ^ c) * 16777619u;
  return result;
}

/// flite's voices but kal16 excite their filters with rand(3): from the same
/// seed, one at a time, a breath is the same in every run and process.
bytes speak_the_same(const breath& x, const std::string& voice) {
  static std::mutex one_at_a_time;
  std::lock_guard guard{one_at_a_time};
  std::srand(seed_of(x.words));
  return speech::speak(x.words, voice);
}

void add_noise(bytes& to, double dbfs, uint32_t seed) {
  std::mt19937 random{seed};
  std::normal_distribution<double> noise{0, 32768 * std::pow(10, dbfs / 20)};
  for (auto& x : to)
    x = linear_to_mulaw(static_cast<int16_t>(
      std::clamp(mulaw_to_linear(x) + noise(random), -32000., 32000.)));
}

} // namespace

spoken speak_utterance(const utterance& x, audio_time after) {
  spoken result;
  auto& out = result.mulaw;
  add_silence(out, room_before);
  for (auto& part : x.breaths) {
    auto audio = speak_the_same(part, x.voice);
    auto sound = sound_of(audio);
    if (sound.size() < window)
      throw std::invalid_argument{"nothing in \"" + part.words
                                  + "\" has a sound"};
    if (part.pause_ms > 0) {
      auto from = length(out);
      add_silence(out, audio_time{part.pause_ms});
      result.pauses.push_back({from, length(out)});
    } else {
      result.begins = length(out);
    }
    out.insert(out.end(), sound.begin(), sound.end());
  }
  result.ends = length(out);
  add_silence(out, after);
  add_noise(out, x.noise_dbfs, seed_of(x.say));
  return result;
}

} // namespace velox::bench
