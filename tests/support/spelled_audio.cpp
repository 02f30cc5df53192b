#include "tests/support/spelled_audio.hpp"

namespace velox::test {

namespace {

constexpr caf::timespan per_byte = std::chrono::microseconds{125};

} // namespace

std::vector<uint8_t> spell(std::string_view text) {
  std::vector<uint8_t> result(text.size() * bytes_per_character, voice_byte);
  for (size_t i = 0; i < text.size(); ++i)
    result[(i + 1) * bytes_per_character - 1] = static_cast<uint8_t>(text[i]);
  return result;
}

std::vector<uint8_t> hum(caf::timespan span, uint8_t byte) {
  return std::vector<uint8_t>(bytes_within(span), byte);
}

std::string read_aloud(std::span<const uint8_t> audio) {
  std::string result;
  for (auto byte : audio)
    if (byte >= 0x20 && byte < 0x7F)
      result += static_cast<char>(byte);
  return result;
}

caf::timespan duration_of(size_t bytes) {
  return per_byte * static_cast<int64_t>(bytes);
}

size_t bytes_within(caf::timespan span) {
  return span.count() > 0 ? static_cast<size_t>(span / per_byte) : 0;
}

} // namespace velox::test
