#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Google Cloud Text-to-Speech by REST (cloud.google.com, "text:synthesize"): a
/// POST per sentence, answered by JSON that holds a WAV file of mu-law, 8 kHz,
/// in base64.

namespace velox {

inline constexpr std::string_view google_tts_path = "/v1/text:synthesize";

/// The most bytes, not characters, of one text.
inline constexpr size_t google_tts_limit = 5000;

struct google_tts_options {
  std::string voice;    ///< "hi-IN-Neural2-A"
  std::string language; ///< BCP 47
  double speed = 1;     ///< 0.25 to 2
};

std::string google_tts_body(const google_tts_options& x, std::string_view text);

/// The same for the content of a <speak> element.
std::string
google_tts_ssml_body(const google_tts_options& x, std::string_view content);

/// The samples of an answer; none when it holds no WAV of mono mu-law at 8 kHz.
std::optional<std::vector<uint8_t>> parse_google_tts(std::string_view body);

/// The body of the data chunk of a WAV file of mono mu-law at 8 kHz, wherever
/// it is: the header's length varies. A chunk that claims more than there is
/// ends with the file. None for any other file.
std::optional<std::span<const uint8_t>>
mulaw_of_wav(std::span<const uint8_t> file);

/// The status of an error answer, such as "RESOURCE_EXHAUSTED"; empty when
/// there is none.
std::string google_tts_error(std::string_view body);

} // namespace velox
