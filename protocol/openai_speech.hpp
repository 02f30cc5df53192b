#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// OpenAI, text to speech (platform.openai.com, "Create speech"): a POST per
/// sentence, answered by 24 kHz PCM (16 bit, little endian, mono) in a chunked
/// body, or by server-sent events from servers that prefer those.

namespace velox {

/// The most characters of one text.
inline constexpr size_t openai_speech_limit = 4096;

/// Samples per second of the answer.
inline constexpr uint32_t openai_speech_rate = 24000;

struct openai_speech_options {
  std::string voice = "coral";
  std::string model = "gpt-4o-mini-tts";
  std::string instructions{}; ///< how to speak; the tts-1 models take none
  double speed = 1;           ///< 0.25 to 4
};

/// Behind the base URL's "/v1".
inline constexpr std::string_view openai_speech_path = "/audio/speech";

std::string
openai_speech_body(const openai_speech_options& x, std::string_view text);

/// Reads the body of an answer of the type text/event-stream, however it is
/// cut into pieces.
class openai_speech_events {
public:
  /// Appends the audio of `piece` to `pcm`. False when the server reports an
  /// error or sends what makes no sense.
  bool feed(std::string_view piece, std::vector<uint8_t>& pcm);

  /// True once "speech.audio.done" has come.
  bool done() const { return done_; }

private:
  bool take_line(std::string_view line, std::vector<uint8_t>& pcm);

  std::string rest_; ///< a line that has not ended
  bool done_ = false;
};

/// The error's code or else its type, such as "insufficient_quota"; empty when
/// there is none.
std::string openai_speech_error(std::string_view body);

} // namespace velox
