#include "protocol/elevenlabs.hpp"

#include "protocol/base64.hpp"
#include "protocol/form.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>

namespace velox {

namespace {

json_object voice_settings(const elevenlabs_options& x) {
  json_object result;
  result.add("stability", 0.5).add("similarity_boost", 0.75);
  if (x.speed != 1)
    result.add("speed", x.speed);
  return result;
}

const rapidjson::Value*
array_member(const rapidjson::Value& object, std::string_view name) {
  auto* result = json_member(object, name);
  return result && result->IsArray() ? result : nullptr;
}

/// The characters, if each of them has its two times.
bool read_characters(const rapidjson::Value& from, rapidjson::SizeType count,
                     character_times& out) {
  if (from.Size() != count)
    return false;
  for (auto& x : from.GetArray()) {
    if (!x.IsString())
      return false;
    out.characters.emplace_back(x.GetString(), x.GetStringLength());
  }
  return true;
}

/// A number of either kind as milliseconds; beyond a day it is nonsense.
bool read_times(const rapidjson::Value& from, double scale,
                std::vector<int64_t>& out) {
  for (auto& x : from.GetArray()) {
    if (!x.IsNumber() || !(std::abs(x.GetDouble() * scale) < 86'400'000.0))
      return false;
    out.push_back(std::llround(x.GetDouble() * scale));
  }
  return true;
}

/// The WebSocket counts milliseconds and durations; the POST seconds and ends.
/// Times that do not fit together are ignored: the audio counts.
character_times read_alignment(const rapidjson::Value& x) {
  character_times result;
  auto* letters = array_member(x, "chars");
  auto* starts = array_member(x, "charStartTimesMs");
  auto* ends = array_member(x, "charDurationsMs");
  if (!ends)
    ends = array_member(x, "charsDurationsMs"); // the spelling of 2025
  double scale = 1;
  bool durations = true;
  if (!letters) {
    letters = array_member(x, "characters");
    starts = array_member(x, "character_start_times_seconds");
    ends = array_member(x, "character_end_times_seconds");
    scale = 1000;
    durations = false;
  }
  if (!letters || !starts || !ends || starts->Size() != ends->Size()
      || !read_characters(*letters, starts->Size(), result)
      || !read_times(*starts, scale, result.start_ms)
      || !read_times(*ends, scale, result.end_ms))
    return {};
  if (durations)
    for (size_t i = 0; i < result.end_ms.size(); ++i)
      result.end_ms[i] += result.start_ms[i];
  return result;
}

/// The first of two members that is text.
std::string
text_of(const rapidjson::Value& x, std::string_view one, std::string_view two) {
  auto text = json_text(x, one);
  return std::string{text ? *text : json_text(x, two).value_or("")};
}

bool is_space(std::string_view character) {
  return character == " " || character == "\n" || character == "\t"
         || character == "\r" || character == "\xc2\xa0";
}

} // namespace

std::string elevenlabs_target(const elevenlabs_options& x) {
  return "/v1/text-to-speech/" + percent_encode(x.voice)
         + "/stream/with-timestamps?output_format=ulaw_8000";
}

std::string elevenlabs_socket_target(const elevenlabs_options& x) {
  auto result = "/v1/text-to-speech/" + percent_encode(x.voice)
                + "/multi-stream-input?model_id=" + percent_encode(x.model)
                + "&output_format=ulaw_8000&inactivity_timeout=180"
                  "&auto_mode=true";
  if (!x.language.empty())
    result += "&language_code=" + percent_encode(x.language);
  return result;
}

std::string
elevenlabs_body(const elevenlabs_options& x, std::string_view text) {
  json_object result;
  result.add("text", text).add("model_id", x.model);
  if (!x.language.empty())
    result.add("language_code", x.language);
  return result.add("voice_settings", voice_settings(x)).str();
}

std::string
elevenlabs_begin(const elevenlabs_options& x, std::string_view context) {
  return json_object{}
    .add("text", " ")
    .add("context_id", context)
    .add("voice_settings", voice_settings(x))
    .str();
}

std::string elevenlabs_text(std::string_view context, std::string_view text) {
  auto spaced = std::string{text};
  if (!spaced.ends_with(' '))
    spaced += ' ';
  return json_object{}.add("text", spaced).add("context_id", context).str();
}

std::string elevenlabs_flush(std::string_view context) {
  return json_object{}.add("context_id", context).add("flush", true).str();
}

std::string elevenlabs_close_context(std::string_view context) {
  return json_object{}
    .add("context_id", context)
    .add("close_context", true)
    .str();
}

std::string elevenlabs_close_socket() {
  return R"({"close_socket":true})";
}

elevenlabs_message parse_elevenlabs(std::string_view message) {
  elevenlabs_message result;
  rapidjson::Document document;
  if (read_json(message, document) != json_error::none || !document.IsObject())
    return result;
  result.context = text_of(document, "contextId", "context_id");
  result.final = json_bool(document, "isFinal").value_or(false)
                 || json_bool(document, "is_final").value_or(false);
  result.error = text_of(document, "error", "code");
  if (result.error.empty() && json_member(document, "detail"))
    result.error = elevenlabs_error(message);
  auto audio = text_of(document, "audio", "audio_base64");
  if (!audio.empty() && !decode_base64(audio, result.audio))
    return result;
  if (auto* alignment = json_member(document, "alignment");
      alignment && alignment->IsObject())
    result.times = read_alignment(*alignment);
  result.valid = true;
  return result;
}

std::string elevenlabs_error(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return {};
  auto* detail = json_member(document, "detail");
  if (!detail)
    return {};
  if (detail->IsArray())
    return "validation";
  return text_of(*detail, "status", "code");
}

std::vector<spoken_word>
word_builder::add(const character_times& x, int64_t offset_ms) {
  std::vector<spoken_word> result;
  for (size_t i = 0; i < x.characters.size(); ++i) {
    if (is_space(x.characters[i])) {
      for (auto& word : finish())
        result.push_back(std::move(word));
      continue;
    }
    if (open_.text.empty())
      open_.start_ms = offset_ms + x.start_ms[i];
    open_.text += x.characters[i];
    open_.end_ms = offset_ms + x.end_ms[i];
  }
  return result;
}

std::vector<spoken_word> word_builder::finish() {
  std::vector<spoken_word> result;
  if (!open_.text.empty())
    result.push_back(std::move(open_));
  open_ = {};
  return result;
}

} // namespace velox
