#include "protocol/assemblyai_streaming.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace velox {

namespace {

std::string model_for(const std::string& language) {
  if (language == "en")
    return "universal-streaming-english";
  constexpr std::string_view others = "es fr de it pt multi";
  if (others.find(language) != std::string_view::npos)
    return "universal-streaming-multilingual";
  return "whisper-rt"; // the only one said to hear Hindi
}

assemblyai_turn read_turn(const rapidjson::Value& frame, int64_t order) {
  assemblyai_turn x;
  x.order = order;
  x.over = json_bool(frame, "end_of_turn").value_or(false);
  x.formatted = json_bool(frame, "turn_is_formatted").value_or(false);
  auto transcript = json_text(frame, "transcript").value_or("");
  std::string joined;
  mean_confidence mean;
  if (auto* words = json_member(frame, "words"); words && words->IsArray())
    for (auto& word : words->GetArray()) {
      append_words(joined, json_text(word, "text").value_or(""));
      mean.add(json_number(word, "confidence").value_or(1), 1);
    }
  // The transcript of a turn under way leaves out words that may change.
  x.text = !x.over && joined.size() > transcript.size()
             ? std::move(joined)
             : std::string{transcript};
  x.confidence = mean.value();
  return x;
}

} // namespace

std::string assemblyai_target(const assemblyai_settings& x) {
  query_writer query{"/v3/ws", x.extra};
  query.add("sample_rate", int64_t{8000})
    .add("encoding", "pcm_mulaw")
    .add("speech_model",
         x.model.empty() ? model_for(primary_language(x.language)) : x.model)
    .flag("format_turns", x.format_turns)
    .add("max_turn_silence", int64_t{x.max_turn_silence_ms});
  if (x.end_of_turn_confidence_threshold)
    query.add("end_of_turn_confidence_threshold",
              *x.end_of_turn_confidence_threshold);
  if (x.min_turn_silence_ms)
    query.add("min_turn_silence", int64_t{*x.min_turn_silence_ms});
  json_array terms;
  for (auto& term : select_keyterms(x.phrases))
    terms.add(term);
  if (terms.str() != "[]")
    query.add("keyterms_prompt", terms.str());
  return query.str();
}

std::optional<assemblyai_event> parse_assemblyai(std::string_view frame) {
  rapidjson::Document document;
  if (read_json(frame, document) != json_error::none)
    return std::nullopt;
  auto type = json_text(document, "type");
  if (!type)
    return std::nullopt;
  if (*type == "Error")
    return assemblyai_error{json_integer(document, "error_code").value_or(0)};
  if (*type != "Turn")
    return assemblyai_other{};
  auto order = json_integer(document, "turn_order");
  if (!order || *order < 0)
    return std::nullopt;
  return read_turn(document, *order);
}

provider_errc assemblyai_meaning(int64_t code) {
  switch (code) {
    case 4001: return provider_errc::unauthorized;
    case 4002: return provider_errc::out_of_quota;
    case 3009:
    case 4029: return provider_errc::rate_limited;
    case 1011:
    case 1013:
    case 3005: return provider_errc::overloaded;
    case 1008:
    case 3006:
    case 3007:
    case 4100:
    case 4101: return provider_errc::bad_request;
    case 4031: return provider_errc::timed_out;
    default: return provider_errc::broken;
  }
}

} // namespace velox
