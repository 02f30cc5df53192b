#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// WAV files at the edge: what people have on disk, and what we record.

namespace velox::speech {

/// The audio of a WAV file as 16-bit samples, 8 kHz, mono. Takes 16-bit PCM and
/// mu-law, 8 to 48 kHz, one or two channels (mixed). Throws
/// `std::runtime_error` that names the file, what is wrong and what would do.
std::vector<int16_t> read_wav(const std::string& path);

/// The same from the bytes of a file; `name` is for errors.
std::vector<int16_t>
parse_wav(std::span<const uint8_t> file, const std::string& name);

/// Writes two channels, 16-bit PCM, 8 kHz: on a call, the caller is left and
/// the agent right. The shorter one is filled with silence. Throws
/// `std::runtime_error` when the file cannot be written.
void write_wav(const std::string& path, std::span<const int16_t> left,
               std::span<const int16_t> right);

} // namespace velox::speech
