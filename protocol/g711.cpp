#include "protocol/g711.hpp"

#include <cassert>
#include <cmath>

namespace velox {

void mulaw_to_linear(std::span<const uint8_t> mulaw,
                     std::span<int16_t> linear) {
  assert(linear.size() >= mulaw.size());
  for (size_t i = 0; i < mulaw.size(); ++i)
    linear[i] = mulaw_to_linear(mulaw[i]);
}

void linear_to_mulaw(std::span<const int16_t> linear,
                     std::span<uint8_t> mulaw) {
  assert(mulaw.size() >= linear.size());
  for (size_t i = 0; i < linear.size(); ++i)
    mulaw[i] = linear_to_mulaw(linear[i]);
}

double level_dbfs(std::span<const uint8_t> mulaw) {
  constexpr double floor = -120;
  if (mulaw.empty())
    return floor;
  int64_t energy = 0;
  for (auto byte : mulaw) {
    int64_t sample = mulaw_to_linear(byte);
    energy += sample * sample;
  }
  if (energy == 0)
    return floor;
  double mean = static_cast<double>(energy) / static_cast<double>(mulaw.size());
  return 10 * std::log10(mean / (32768.0 * 32768.0));
}

} // namespace velox
