#include "protocol/deepgram_flux.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <array>

namespace velox {

namespace {

constexpr std::array<std::pair<std::string_view, flux_turn_event>, 5> events{{
  {"Update", flux_turn_event::update},
  {"StartOfTurn", flux_turn_event::start_of_turn},
  {"EagerEndOfTurn", flux_turn_event::eager_end_of_turn},
  {"TurnResumed", flux_turn_event::turn_resumed},
  {"EndOfTurn", flux_turn_event::end_of_turn},
}};

double confidence_of(const rapidjson::Value& frame) {
  mean_confidence mean;
  if (auto* words = json_member(frame, "words"); words && words->IsArray())
    for (auto& word : words->GetArray())
      if (auto x = json_number(word, "confidence"))
        mean.add(*x, 1);
  return mean.value();
}

std::optional<flux_event> read_turn(const rapidjson::Value& frame) {
  auto name = json_text(frame, "event");
  auto turn = json_integer(frame, "turn_index");
  if (!name || !turn || *turn < 0)
    return std::nullopt;
  for (auto& [known, event] : events)
    if (*name == known)
      return flux_event{flux_turn_info{
        event, *turn, std::string{json_text(frame, "transcript").value_or("")},
        confidence_of(frame)}};
  return flux_event{flux_other{}}; // of a newer version
}

} // namespace

std::string flux_target(const flux_settings& x) {
  auto language = primary_language(x.language);
  auto model = x.model;
  if (model.empty())
    model = language == "en" ? "flux-general-en" : "flux-general-multi";
  query_writer query{"/v2/listen", x.extra};
  query.add("model", model)
    .add("encoding", "mulaw")
    .add("sample_rate", int64_t{8000})
    .add("eot_threshold", x.eot_threshold)
    .add("eot_timeout_ms", int64_t{x.eot_timeout_ms});
  if (x.eager_eot_threshold)
    query.add("eager_eot_threshold", *x.eager_eot_threshold);
  if (model == "flux-general-multi" && language != "multi")
    query.add("language_hint", language);
  for (auto& term : select_keyterms(x.phrases))
    query.add("keyterm", term);
  return query.str();
}

std::optional<flux_event> parse_flux(std::string_view frame) {
  rapidjson::Document document;
  if (read_json(frame, document) != json_error::none)
    return std::nullopt;
  auto type = json_text(document, "type");
  if (!type)
    return std::nullopt;
  if (*type == "TurnInfo")
    return read_turn(document);
  if (*type == "Connected")
    return flux_connected{};
  if (*type == "Error")
    return flux_error{std::string{json_text(document, "code").value_or("")}};
  return flux_other{};
}

} // namespace velox
