#pragma once

#include <string>
#include <string_view>

/// Azure AI Speech, text to speech by REST (learn.microsoft.com, "Text to
/// speech REST API"): a POST of SSML per sentence, answered by mu-law, 8 kHz,
/// without a header.

namespace velox {

inline constexpr std::string_view azure_speech_path = "/cognitiveservices/v1";
inline constexpr std::string_view azure_speech_format
  = "raw-8khz-8bit-mono-mulaw";

/// The longest text that older regions take, in characters (413 beyond).
inline constexpr size_t azure_speech_limit = 1000;

/// One voice saying `text`, all of it escaped. `language` is BCP 47.
std::string azure_ssml(std::string_view voice, std::string_view language,
                       std::string_view text);

/// The same for the content of the <voice> element: SSML, escaped already.
std::string azure_ssml_of(std::string_view voice, std::string_view language,
                          std::string_view content);

/// The language that a voice's name begins with: "hi-IN" of
/// "hi-IN-SwaraNeural"; empty when it begins with none.
std::string_view language_of_voice(std::string_view voice);

} // namespace velox
