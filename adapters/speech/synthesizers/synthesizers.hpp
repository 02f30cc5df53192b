#pragma once

#include "adapters/net/outbound.hpp"
#include "protocol/ports.hpp"

#include <string>

/// The vendors' voices. A factory must be called on the thread whose way out
/// (`net::vendor::out`) the session is to use; sockets are opened at once, so
/// that the first sentence need not wait. It throws std::invalid_argument when
/// the vendor has no voice for the language and none was named.

namespace velox::speech {

enum class voice_transport : uint8_t {
  socket, ///< one WebSocket for the session, where the vendor has one
  http,   ///< one request for each sentence
};

struct voice_options {
  voice_transport transport = voice_transport::socket;
  std::string model{};        ///< empty: the vendor's fastest
  std::string instructions{}; ///< how to speak, for vendors that listen
  double speed = 1; ///< 0.7 to 1.2; elevenlabs, openai and google only
  /// From the start of a sentence to its first sound.
  net::milliseconds first_audio{3'000};
  /// From one piece of audio to the next.
  net::milliseconds stall{3'000};
};

/// Base URLs unless config says otherwise. Azure's needs the region.
inline constexpr const char* deepgram_base = "https://api.deepgram.com";
inline constexpr const char* elevenlabs_base = "https://api.elevenlabs.io";
inline constexpr const char* cartesia_base = "https://api.cartesia.ai";
inline constexpr const char* openai_base = "https://api.openai.com/v1";
inline constexpr const char* google_base
  = "https://texttospeech.googleapis.com";

/// HTTP or WebSocket. No Hindi.
synthesizer_factory
deepgram_voice(net::vendor vendor, voice_options options = {});

/// HTTP or WebSocket; tells when each word is heard.
synthesizer_factory
elevenlabs_voice(net::vendor vendor, voice_options options = {});

/// WebSocket only; tells when each word is heard.
synthesizer_factory
cartesia_voice(net::vendor vendor, voice_options options = {});

/// HTTP only, and any server of the same API. The base URL may end in "/v1".
synthesizer_factory
openai_voice(net::vendor vendor, voice_options options = {});

/// HTTP only.
synthesizer_factory azure_voice(net::vendor vendor, voice_options options = {});

/// HTTP only, and the first sound comes with the last: for short sentences.
/// The key is an API key, or an OAuth token when it begins with "ya29.".
synthesizer_factory
google_voice(net::vendor vendor, voice_options options = {});

} // namespace velox::speech
