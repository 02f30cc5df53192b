#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Keys as tones (DTMF): what a machine at the other end takes for presses.

namespace velox {

/// The most keys and pauses that are dialled at once.
inline constexpr size_t longest_dial_string = 200;

/// The tones of `keys` as mu-law, 8 kHz: each of 0-9 * # A-D sounds for 100 ms,
/// followed by 100 ms of silence; 'w' waits half a second more. Spaces and
/// hyphens mean nothing. The pair has about -10 dBm0, the higher tone 2 dB
/// above the lower one (ITU-T Q.23, Q.24). None when there is anything else in
/// it, or more than `longest_dial_string` of it.
std::optional<std::vector<uint8_t>> dial_tones(std::string_view keys);

} // namespace velox
