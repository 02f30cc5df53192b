#include "protocol/google_speech.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <array>

namespace velox {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> regions{
  {{"en", "en-US"},
   {"hi", "hi-IN"},
   {"es", "es-ES"},
   {"fr", "fr-FR"},
   {"de", "de-DE"},
   {"it", "it-IT"},
   {"pt", "pt-BR"},
   {"nl", "nl-NL"},
   {"ja", "ja-JP"},
   {"ru", "ru-RU"},
   {"ta", "ta-IN"},
   {"te", "te-IN"}}};

/// The best alternative of one result. The vendor's pieces bring their own
/// leading space.
void add_result(const rapidjson::Value& result, words_final& out,
                mean_confidence& mean) {
  auto* all = json_member(result, "alternatives");
  if (!all || !all->IsArray() || all->Empty())
    return;
  auto text = json_text((*all)[0], "transcript").value_or("");
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  append_words(out.text, text);
  // 0 stands for "not set".
  auto confidence = json_number((*all)[0], "confidence").value_or(0);
  if (confidence > 0)
    mean.add(confidence, count_words(text));
}

} // namespace

std::string google_language(std::string_view language) {
  if (language.find('-') != std::string_view::npos)
    return std::string{language};
  auto primary = primary_language(language);
  for (auto& [name, full] : regions)
    if (primary == name)
      return std::string{full};
  return primary;
}

std::string google_speech_request(const google_speech_settings& x,
                                  std::span<const uint8_t> mulaw) {
  json_object config;
  config.add("encoding", "MULAW")
    .add("sampleRateHertz", 8000)
    .add("languageCode", google_language(x.language))
    .add("enableAutomaticPunctuation", true);
  if (!x.model.empty())
    config.add("model", x.model);
  json_array phrases;
  for (auto& phrase : select_keyterms(x.phrases))
    phrases.add(phrase);
  if (phrases.str() != "[]")
    config.add("speechContexts",
               json_array{}.add(json_object{}.add("phrases", phrases)));
  return json_object{}
    .add("config", config)
    .add("audio", json_object{}.add("content", encode_base64(mulaw)))
    .str();
}

std::optional<words_final> parse_google_speech(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none || !document.IsObject()
      || json_member(document, "error"))
    return std::nullopt;
  words_final out;
  mean_confidence mean;
  if (auto* results = json_member(document, "results")) {
    if (!results->IsArray())
      return std::nullopt;
    for (auto& result : results->GetArray())
      add_result(result, out, mean);
  }
  out.confidence = mean.value();
  return out;
}

} // namespace velox
