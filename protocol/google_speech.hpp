#pragma once

#include "protocol/recognised_words.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Google Speech-to-Text v1, `POST /v1/speech:recognize`: one request for one
/// stretch of audio (googleapis, google/cloud/speech/v1/cloud_speech.proto).

namespace velox {

struct google_speech_settings {
  std::string model = "latest_long"; ///< "phone_call", "latest_short" ...
  std::string language = "en-US";    ///< BCP 47
  std::vector<std::string> phrases{};
};

/// A request takes at most a minute; this leaves room. Bytes of mu-law, 55 s.
inline constexpr size_t google_speech_max_audio = 55 * 8000;

/// Google wants a region: "hi" becomes "hi-IN".
std::string google_language(std::string_view language);

/// The body of a request about `mulaw`, 8 kHz.
std::string google_speech_request(const google_speech_settings& x,
                                  std::span<const uint8_t> mulaw);

/// The words of a response; none when it is not one. No results is an answer:
/// nobody said anything.
std::optional<words_final> parse_google_speech(std::string_view body);

} // namespace velox
