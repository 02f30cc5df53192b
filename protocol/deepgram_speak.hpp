#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Deepgram Aura, text to speech (developers.deepgram.com, "Text to speech"):
/// one POST per sentence, or one WebSocket with Speak, Flush and Clear. Audio
/// is mu-law, 8 kHz, without a header.

namespace velox {

/// The most characters of one text.
inline constexpr size_t deepgram_speak_limit = 2000;

/// How many Flush messages Deepgram heeds within a minute.
inline constexpr size_t deepgram_flushes_per_minute = 20;

/// Path and query behind the host. The container is named because the default
/// is a WAV header, which would be heard as a click.
std::string deepgram_speak_target(std::string_view model);

/// The same for the WebSocket, which has no containers.
std::string deepgram_speak_socket_target(std::string_view model);

/// The body of the POST.
std::string deepgram_speak_body(std::string_view text);

// -- WebSocket messages to Deepgram
std::string deepgram_speak_text(std::string_view text);
std::string deepgram_speak_flush();
std::string deepgram_speak_clear();
std::string deepgram_speak_close();

// -- WebSocket messages from Deepgram; audio comes as binary ones
enum class deepgram_speak_event : uint8_t {
  malformed,
  metadata,
  flushed, ///< all audio of the oldest Flush was sent
  cleared, ///< audio of before Clear ends here
  warning,
  error,
  unknown, ///< to be ignored: new kinds may come
};

struct deepgram_speak_message {
  deepgram_speak_event kind = deepgram_speak_event::malformed;
  int64_t sequence = -1; ///< of flushed and cleared
  std::string code{};    ///< of warning and error
};

deepgram_speak_message parse_deepgram_speak(std::string_view message);

/// The code in the body of an error answer, such as "INVALID_AUTH"; empty when
/// there is none.
std::string deepgram_speak_error(std::string_view body);

} // namespace velox
