#include "protocol/cartesia.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <cmath>

namespace velox {

namespace {

const rapidjson::Value*
array_member(const rapidjson::Value& object, std::string_view name) {
  auto* result = json_member(object, name);
  return result && result->IsArray() ? result : nullptr;
}

/// Times that do not fit together are ignored: the audio counts.
std::vector<spoken_word> read_words(const rapidjson::Value& x) {
  auto* words = array_member(x, "words");
  auto* starts = array_member(x, "start");
  auto* ends = array_member(x, "end");
  if (!words || !starts || !ends || words->Size() != starts->Size()
      || words->Size() != ends->Size())
    return {};
  auto sane = [](const rapidjson::Value& time) {
    return time.IsNumber() && std::abs(time.GetDouble()) < 86'400.0;
  };
  auto ms = [](const rapidjson::Value& time) {
    return static_cast<int64_t>(std::llround(time.GetDouble() * 1000));
  };
  std::vector<spoken_word> result;
  for (rapidjson::SizeType i = 0; i < words->Size(); ++i) {
    auto& word = (*words)[i];
    if (!word.IsString() || !sane((*starts)[i]) || !sane((*ends)[i]))
      return {};
    result.push_back({{word.GetString(), word.GetStringLength()},
                      ms((*starts)[i]),
                      ms((*ends)[i])});
  }
  return result;
}

} // namespace

std::string cartesia_say(const cartesia_options& x, std::string_view context,
                         std::string_view text) {
  return json_object{}
    .add("model_id", x.model)
    .add("transcript", text)
    .add("voice", json_object{}.add("mode", "id").add("id", x.voice))
    .add("language", x.language)
    .add("context_id", context)
    .add("output_format", json_object{}
                            .add("container", "raw")
                            .add("encoding", "pcm_mulaw")
                            .add("sample_rate", 8000))
    .add("add_timestamps", x.word_times)
    .add("continue", false)
    .add("max_buffer_delay_ms", 0)
    .str();
}

std::string cartesia_cancel(std::string_view context) {
  return json_object{}.add("context_id", context).add("cancel", true).str();
}

cartesia_message parse_cartesia(std::string_view message) {
  using kind = cartesia_event;
  cartesia_message result;
  rapidjson::Document document;
  if (read_json(message, document) != json_error::none)
    return result;
  auto type = json_text(document, "type");
  if (!type)
    return result;
  result.context = json_text(document, "context_id").value_or("");
  result.status
    = static_cast<int>(json_integer(document, "status_code").value_or(0));
  if (*type == "chunk") {
    auto data = json_text(document, "data");
    if (!data || !decode_base64(*data, result.audio))
      return {};
    result.kind = kind::chunk;
  } else if (*type == "timestamps") {
    if (auto* words = json_member(document, "word_timestamps"))
      result.words = read_words(*words);
    result.kind = kind::timestamps;
  } else if (*type == "done") {
    result.kind = kind::done;
  } else if (*type == "error") {
    result.code = json_text(document, "error_code").value_or("");
    result.kind = kind::error;
  } else {
    result.kind = kind::unknown;
  }
  return result;
}

} // namespace velox
