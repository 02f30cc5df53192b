#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace velox::speech {

/// A voice of flite, loaded once and shared by all threads.
class flite_voice;

/// The voice of that name (slt, kal16, rms, awb; empty: slt). Throws
/// `std::invalid_argument` that names the voices when there is none.
const flite_voice& find_flite_voice(std::string_view name);

/// What flite can read of `text`: ASCII, with typographic quotes, dashes and
/// accented letters replaced. Empty when nothing in it has a sound.
std::string readable_text(std::string_view text);

/// Speaks `text` (see `readable_text`) as mu-law, 8 kHz, about −20 dBFS. Calls
/// `sink` with each stretch of some 10 ms as soon as it exists; false from it
/// stops the work. Returns false if it was stopped.
bool speak_with_flite(
  const flite_voice& voice, const std::string& text,
  const std::function<bool(std::span<const uint8_t>)>& sink);

} // namespace velox::speech
