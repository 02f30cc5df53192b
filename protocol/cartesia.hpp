#pragma once

#include "protocol/messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Cartesia, text to speech over a WebSocket (docs.cartesia.ai, "TTS
/// WebSocket"): each sentence is a context. Audio is mu-law, 8 kHz, raw, in
/// base64. The version pins the payloads' shape.

namespace velox {

inline constexpr std::string_view cartesia_version = "2025-04-16";

/// What stays the same for a session.
struct cartesia_options {
  std::string voice; ///< the vendor's id
  std::string model = "sonic-3";
  std::string language = "en"; ///< ISO 639-1
  bool word_times = true;
};

/// Says `text`, complete in itself: nothing is buffered for more.
std::string cartesia_say(const cartesia_options& x, std::string_view context,
                         std::string_view text);

/// A context that is being made already runs to its end all the same.
std::string cartesia_cancel(std::string_view context);

enum class cartesia_event : uint8_t {
  malformed,
  chunk,
  timestamps,
  done,
  error,
  unknown, ///< "flush_done" and what is new: to be ignored
};

struct cartesia_message {
  cartesia_event kind = cartesia_event::malformed;
  std::string context{}; ///< may be missing in errors
  std::vector<uint8_t> audio{};
  std::vector<spoken_word> words{}; ///< from the start of the context
  int status = 0;                   ///< as in HTTP, of errors
  std::string code{};               ///< of errors; the vendor's, or empty
};

cartesia_message parse_cartesia(std::string_view message);

} // namespace velox
