#include "protocol/google_tts.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace velox {

namespace {

using bytes = std::span<const uint8_t>;

/// A little-endian number of `size` bytes.
uint32_t number(bytes x, size_t at, size_t size) {
  uint32_t result = 0;
  for (size_t i = size; i > 0; --i)
    result = result << 8 | x[at + i - 1];
  return result;
}

bool has(bytes x, size_t at, std::string_view tag) {
  return x.size() >= at + tag.size()
         && std::equal(
           tag.begin(), tag.end(), x.begin() + static_cast<ptrdiff_t>(at),
           [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
}

/// Format 7 (mu-law), one channel, 8000 samples a second (RFC 2361).
bool is_ours(bytes format) {
  return format.size() >= 16 && number(format, 0, 2) == 7
         && number(format, 2, 2) == 1 && number(format, 4, 4) == 8000;
}

std::string body_of(const google_tts_options& x, const json_object& input) {
  json_object audio;
  audio.add("audioEncoding", "MULAW").add("sampleRateHertz", 8000);
  if (x.speed != 1)
    audio.add("speakingRate", x.speed);
  json_object voice;
  voice.add("languageCode", x.language).add("name", x.voice);
  return json_object{}
    .add("input", input)
    .add("voice", voice)
    .add("audioConfig", audio)
    .str();
}

} // namespace

std::string
google_tts_body(const google_tts_options& x, std::string_view text) {
  return body_of(x, json_object{}.add("text", text));
}

std::string
google_tts_ssml_body(const google_tts_options& x, std::string_view content) {
  auto document = "<speak>" + std::string{content} + "</speak>";
  return body_of(x, json_object{}.add("ssml", document));
}

std::optional<std::vector<uint8_t>> parse_google_tts(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return std::nullopt;
  auto content = json_text(document, "audioContent");
  std::vector<uint8_t> file;
  if (!content || !decode_base64(*content, file))
    return std::nullopt;
  auto samples = mulaw_of_wav(file);
  if (!samples)
    return std::nullopt;
  return std::vector<uint8_t>{samples->begin(), samples->end()};
}

std::optional<bytes> mulaw_of_wav(bytes file) {
  if (!has(file, 0, "RIFF") || !has(file, 8, "WAVE"))
    return std::nullopt;
  bool known = false;
  for (size_t at = 12; at + 8 <= file.size();) {
    size_t claimed = number(file, at + 4, 4);
    auto size = std::min(claimed, file.size() - at - 8);
    auto chunk = file.subspan(at + 8, size);
    if (has(file, at, "fmt "))
      known = is_ours(chunk);
    else if (has(file, at, "data"))
      return known ? std::optional{chunk} : std::nullopt;
    at += 8 + size + size % 2; // chunks are padded to even sizes
  }
  return std::nullopt;
}

std::string google_tts_error(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return {};
  auto* error = json_member(document, "error");
  return std::string{error ? json_text(*error, "status").value_or("") : ""};
}

} // namespace velox
