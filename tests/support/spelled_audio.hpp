#pragma once

#include <caf/timespan.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Audio for tests that spells its words: mu-law at 8 kHz in which every
/// character of a text takes 65 ms and leaves itself behind at their end. So a
/// fake recogniser understands exactly what reached it, and a fake ear knows to
/// the character what was played to it.

namespace velox::test {

/// How many bytes one character takes.
inline constexpr size_t bytes_per_character = 520;

/// A voice that says nothing, and the sound of nobody speaking.
inline constexpr uint8_t voice_byte = 0x80;
inline constexpr uint8_t silence_byte = 0xFF;

/// `text` (printable ASCII) as audio.
std::vector<uint8_t> spell(std::string_view text);

/// So much of one byte.
std::vector<uint8_t> hum(caf::timespan span, uint8_t byte);

/// The characters that `audio` spells.
std::string read_aloud(std::span<const uint8_t> audio);

/// How long so many bytes last.
caf::timespan duration_of(size_t bytes);

/// How many bytes last so long; 0 for what is negative.
size_t bytes_within(caf::timespan span);

} // namespace velox::test
