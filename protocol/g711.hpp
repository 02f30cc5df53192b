#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

/// G.711 mu-law (ITU-T G.711, 1988): one byte per sample, 8000 samples a
/// second, as on the telephone line. Linear samples are 16 bit signed.

namespace velox {

/// Mu-law samples per second.
inline constexpr unsigned mulaw_rate = 8000;

/// The byte that stands for silence (positive zero).
inline constexpr uint8_t mulaw_silence = 0xff;

/// The linear value of one mu-law byte, -32124 to 32124.
constexpr int16_t mulaw_to_linear_reference(uint8_t byte) {
  auto inverted = static_cast<uint8_t>(~byte);
  int exponent = (inverted >> 4) & 0x07;
  int magnitude = ((((inverted & 0x0f) << 3) + 0x84) << exponent) - 0x84;
  return static_cast<int16_t>((inverted & 0x80) ? -magnitude : magnitude);
}

/// The mu-law byte nearest to a linear sample; louder ones are clipped.
constexpr uint8_t linear_to_mulaw_reference(int16_t sample) {
  int magnitude = sample < 0 ? -static_cast<int>(sample) : sample;
  int sign = sample < 0 ? 0x80 : 0;
  magnitude = (magnitude > 32635 ? 32635 : magnitude) + 0x84;
  int exponent = 7;
  for (int mask = 0x4000; exponent > 0 && !(magnitude & mask); mask >>= 1)
    --exponent;
  int mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return static_cast<uint8_t>(~(sign | (exponent << 4) | mantissa));
}

namespace g711_tables {

/// All 256 linear values.
inline constexpr auto to_linear = [] {
  std::array<int16_t, 256> table{};
  for (size_t i = 0; i < table.size(); ++i)
    table[i] = mulaw_to_linear_reference(static_cast<uint8_t>(i));
  return table;
}();

/// The exponent of a magnitude, by its bits above the seventh.
inline constexpr auto exponent = [] {
  std::array<uint8_t, 256> table{};
  for (size_t i = 2; i < table.size(); ++i)
    table[i] = static_cast<uint8_t>(table[i / 2] + 1);
  return table;
}();

} // namespace g711_tables

/// The linear value of one mu-law byte, by table.
constexpr int16_t mulaw_to_linear(uint8_t byte) {
  return g711_tables::to_linear[byte];
}

/// The mu-law byte of one linear sample, by table.
constexpr uint8_t linear_to_mulaw(int16_t sample) {
  int sign = sample < 0 ? 0x80 : 0;
  int magnitude = sample < 0 ? -static_cast<int>(sample) : sample;
  magnitude = (magnitude > 32635 ? 32635 : magnitude) + 0x84;
  int exponent = g711_tables::exponent[static_cast<size_t>(magnitude >> 7)];
  int mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return static_cast<uint8_t>(~(sign | (exponent << 4) | mantissa));
}

/// Converts `mulaw` into `linear`, which must be at least as long.
void mulaw_to_linear(std::span<const uint8_t> mulaw, std::span<int16_t> linear);

/// Converts `linear` into `mulaw`, which must be at least as long.
void linear_to_mulaw(std::span<const int16_t> linear, std::span<uint8_t> mulaw);

/// The root mean square level in dB of full scale (32768): 0 for the loudest
/// square wave, -120 for silence and for no samples.
double level_dbfs(std::span<const uint8_t> mulaw);

} // namespace velox
