#include "protocol/dial_tones.hpp"

#include "protocol/g711.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace velox {

namespace {

constexpr size_t bytes_per_ms = mulaw_rate / 1000;
constexpr size_t tone_bytes = 100 * bytes_per_ms;
constexpr size_t gap_bytes = 100 * bytes_per_ms;
constexpr size_t wait_bytes = 500 * bytes_per_ms;

/// The keypad of Q.23, row by row.
constexpr std::string_view keypad = "123A456B789C*0#D";
constexpr std::array<double, 4> row_hz{697, 770, 852, 941};
constexpr std::array<double, 4> column_hz{1209, 1336, 1477, 1633};

/// The peak of a sine wave of 0 dBm0: the loudest one that mu-law has is
/// +3.17 dBm0 (ITU-T G.711, table 2b).
const double peak_at_0_dbm0 = 32124 / std::pow(10, 3.17 / 20);

double peak_of(double dbm0) {
  return peak_at_0_dbm0 * std::pow(10, dbm0 / 20);
}

void append_tone(std::vector<uint8_t>& out, double low_hz, double high_hz) {
  const auto low_peak = peak_of(-14);
  const auto high_peak = peak_of(-12);
  for (size_t i = 0; i < tone_bytes; ++i) {
    auto turn = 2 * std::numbers::pi * static_cast<double>(i) / mulaw_rate;
    auto sample = low_peak * std::sin(turn * low_hz)
                  + high_peak * std::sin(turn * high_hz);
    out.push_back(linear_to_mulaw(static_cast<int16_t>(std::lround(sample))));
  }
  out.insert(out.end(), gap_bytes, mulaw_silence);
}

} // namespace

std::optional<std::vector<uint8_t>> dial_tones(std::string_view keys) {
  if (keys.size() > longest_dial_string)
    return std::nullopt;
  std::vector<uint8_t> result;
  for (auto key : keys) {
    if (key == ' ' || key == '-')
      continue;
    if (key == 'w') {
      result.insert(result.end(), wait_bytes, mulaw_silence);
      continue;
    }
    auto at = keypad.find(key);
    if (at == keypad.npos)
      return std::nullopt;
    append_tone(result, row_hz[at / 4], column_hz[at % 4]);
  }
  return result;
}

} // namespace velox
