#include "protocol/openai_speech.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

namespace velox {

namespace {

/// A delta holds some 100 ms; no line of a sound server is longer.
constexpr size_t line_limit = 4u << 20;

} // namespace

std::string
openai_speech_body(const openai_speech_options& x, std::string_view text) {
  json_object result;
  result.add("model", x.model).add("voice", x.voice).add("input", text);
  bool old = x.model.starts_with("tts-1");
  if (!x.instructions.empty() && !old)
    result.add("instructions", x.instructions);
  result.add("response_format", "pcm");
  if (x.speed != 1)
    result.add("speed", x.speed);
  if (!old)
    result.add("stream_format", "audio");
  return result.str();
}

bool openai_speech_events::feed(std::string_view piece,
                                std::vector<uint8_t>& pcm) {
  rest_ += piece;
  size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos;
       end = rest_.find('\n', begin)) {
    if (!take_line(std::string_view{rest_}.substr(begin, end - begin), pcm))
      return false;
    begin = end + 1;
  }
  rest_.erase(0, begin);
  return rest_.size() <= line_limit;
}

bool openai_speech_events::take_line(std::string_view line,
                                     std::vector<uint8_t>& pcm) {
  constexpr std::string_view prefix = "data:";
  if (!line.starts_with(prefix))
    return true; // comments, event names, the empty line behind an event
  line.remove_prefix(prefix.size());
  while (line.starts_with(' '))
    line.remove_prefix(1);
  while (line.ends_with('\r'))
    line.remove_suffix(1);
  if (line == "[DONE]") {
    done_ = true;
    return true;
  }
  rapidjson::Document document;
  if (read_json(line, document) != json_error::none)
    return false;
  auto type = json_text(document, "type").value_or("");
  if (type == "speech.audio.done")
    done_ = true;
  if (type == "speech.audio.delta") {
    auto audio = json_text(document, "audio");
    return audio && decode_base64(*audio, pcm);
  }
  return type != "error" && !json_member(document, "error");
}

std::string openai_speech_error(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return {};
  auto* error = json_member(document, "error");
  if (!error)
    return {};
  auto code = json_text(*error, "code");
  return std::string{code ? *code : json_text(*error, "type").value_or("")};
}

} // namespace velox
