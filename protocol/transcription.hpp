#pragma once

#include "protocol/recognised_words.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Recordings as text: Deepgram's `POST /v1/listen` and OpenAI's
/// `POST /v1/audio/transcriptions`, which local Whisper servers copy.

namespace velox {

/// What a recording says.
struct transcription {
  std::string text;
  double confidence = 1; ///< 0 to 1; 1 when the vendor does not tell
  std::string language{};
  int64_t duration_ms = 0; ///< 0: not told
  std::vector<spoken_word> words{};
  /// With more than one channel: the text of each.
  std::vector<std::string> channels{};
};

/// How `recording` audio that is raw mu-law, 8 kHz, mono is named here.
inline constexpr std::string_view raw_mulaw_type = "audio/x-mulaw";

/// Raw mu-law, 8 kHz, mono as a WAV file (format tag 7).
std::string wav_of_mulaw(std::string_view mulaw);

// -- Deepgram -----------------------------------------------------------------

/// The request target. `content_type` may be `raw_mulaw_type`; an empty
/// `language` is detected.
std::string
deepgram_prerecorded_target(std::string_view model, std::string_view language,
                            std::string_view content_type, bool each_channel,
                            const query_extras& extra);

/// None when it is no transcript.
std::optional<transcription> parse_deepgram_prerecorded(std::string_view body);

// -- OpenAI -------------------------------------------------------------------

/// A body of multipart/form-data (RFC 7578).
struct multipart_body {
  std::string content_type; ///< with the boundary
  std::string body;
};

struct multipart_field {
  std::string name;
  std::string value;
  std::string filename{};     ///< makes it a file
  std::string content_type{}; ///< of a file
};

/// The boundary is one that no value contains.
multipart_body write_multipart(std::span<const multipart_field> fields);

/// The request about a recording. The vendor tells formats by the extension of
/// the file's name; raw mu-law, which it does not know, goes as WAV. None for a
/// type that it does not take.
std::optional<multipart_body>
whisper_request(std::string_view model, std::string_view language,
                std::string_view content_type, std::string_view audio);

/// Reads "json" and "verbose_json"; none when it is no transcript. Segments
/// that Whisper itself takes for silence (`no_speech_prob` above 0.6 and a low
/// `avg_logprob`) are left out: it invents words there.
std::optional<transcription> parse_whisper(std::string_view body);

} // namespace velox
