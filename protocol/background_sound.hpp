#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

/// What a caller hears while the agent thinks: quiet sounds of somebody at
/// work, made here, so that nobody has to own a recording of an office.

namespace velox {

/// The names that `background_sound` knows.
std::span<const std::string_view> background_sounds();

/// A loop of 8 to 12 seconds, mu-law, 8 kHz, whose end runs on into its
/// beginning; about -38 dBFS, always the same. Made at the first call, kept for
/// ever, any thread. Throws `std::invalid_argument` that lists the names when
/// there is none called `name`.
const std::vector<uint8_t>& background_sound(std::string_view name);

} // namespace velox
