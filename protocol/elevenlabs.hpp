#pragma once

#include "protocol/messages.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// ElevenLabs, text to speech (elevenlabs.io/docs, API reference): a POST per
/// sentence answered by lines of JSON, or a WebSocket on which each sentence is
/// a context. Audio is mu-law, 8 kHz, without a header, in base64.

namespace velox {

/// More open contexts on one socket close it with 1008.
inline constexpr size_t elevenlabs_contexts = 5;

/// The longest text of one request that every model takes, in characters.
inline constexpr size_t elevenlabs_limit = 5000;

/// What stays the same for a session.
struct elevenlabs_options {
  std::string voice; ///< the vendor's id
  std::string model = "eleven_flash_v2_5";
  std::string language{}; ///< ISO 639-1; empty: the model finds out
  double speed = 1;       ///< 0.7 to 1.2
};

/// Path and query of the POST whose answer tells the words' times.
std::string elevenlabs_target(const elevenlabs_options& x);

/// Path and query of the WebSocket with several contexts.
std::string elevenlabs_socket_target(const elevenlabs_options& x);

std::string elevenlabs_body(const elevenlabs_options& x, std::string_view text);

// -- WebSocket messages to ElevenLabs
/// A context's first message: the settings must come with it.
std::string
elevenlabs_begin(const elevenlabs_options& x, std::string_view context);
/// The text gets the trailing space that the vendor asks for.
std::string elevenlabs_text(std::string_view context, std::string_view text);
std::string elevenlabs_flush(std::string_view context);
/// What was flushed is still sent, then the context's final message.
std::string elevenlabs_close_context(std::string_view context);
std::string elevenlabs_close_socket();

// -- from ElevenLabs
/// When each character is heard.
struct character_times {
  std::vector<std::string> characters; ///< UTF-8, one each
  std::vector<int64_t> start_ms;
  std::vector<int64_t> end_ms;

  bool empty() const { return characters.empty(); }
};

struct elevenlabs_message {
  bool valid = false;
  std::string context{}; ///< empty in answers to a POST
  std::vector<uint8_t> audio{};
  character_times times{};
  bool final = false;  ///< nothing follows in this context
  std::string error{}; ///< the vendor's code, such as "quota_exceeded"
};

/// A message of the WebSocket, or a line of the POST's answer.
elevenlabs_message parse_elevenlabs(std::string_view message);

/// The status in an error answer, such as "invalid_api_key"; "validation" when
/// the vendor lists what it does not take; empty when there is none.
std::string elevenlabs_error(std::string_view body);

/// Makes words of characters. A word may go on in the next piece.
class word_builder {
public:
  /// Takes the times of a piece that begins `offset_ms` after the sentence.
  /// Returns the words that ended in it.
  std::vector<spoken_word> add(const character_times& x, int64_t offset_ms);

  /// The word that was still open.
  std::vector<spoken_word> finish();

private:
  spoken_word open_;
};

} // namespace velox
