#include "protocol/deepgram_speak.hpp"

#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

namespace velox {

std::string deepgram_speak_target(std::string_view model) {
  return deepgram_speak_socket_target(model) + "&container=none";
}

std::string deepgram_speak_socket_target(std::string_view model) {
  return "/v1/speak?model=" + percent_encode(model)
         + "&encoding=mulaw&sample_rate=8000";
}

std::string deepgram_speak_body(std::string_view text) {
  return json_object{}.add("text", text).str();
}

std::string deepgram_speak_text(std::string_view text) {
  return json_object{}.add("type", "Speak").add("text", text).str();
}

std::string deepgram_speak_flush() {
  return R"({"type":"Flush"})";
}

std::string deepgram_speak_clear() {
  return R"({"type":"Clear"})";
}

std::string deepgram_speak_close() {
  return R"({"type":"Close"})";
}

deepgram_speak_message parse_deepgram_speak(std::string_view message) {
  using kind = deepgram_speak_event;
  rapidjson::Document document;
  if (read_json(message, document) != json_error::none)
    return {};
  auto type = json_text(document, "type");
  if (!type)
    return {};
  deepgram_speak_message result;
  result.sequence = json_integer(document, "sequence_id").value_or(-1);
  // Errors name their code in different members, by the page one believes.
  for (auto name : {"code", "err_code", "variant"})
    if (auto code = json_text(document, name); code && result.code.empty())
      result.code = *code;
  result.kind = *type == "Metadata"  ? kind::metadata
                : *type == "Flushed" ? kind::flushed
                : *type == "Cleared" ? kind::cleared
                : *type == "Warning" ? kind::warning
                : *type == "Error"   ? kind::error
                                     : kind::unknown;
  return result;
}

std::string deepgram_speak_error(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return {};
  return std::string{json_text(document, "err_code").value_or("")};
}

} // namespace velox
