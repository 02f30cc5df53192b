#include "protocol/transcription.hpp"

#include "protocol/deepgram_listen.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace velox {

namespace {

/// Recordings are as long as they are; the body's limit bounds them.
constexpr auto no_limit = std::string::npos;

void append_number(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

int64_t to_ms(double seconds) {
  constexpr double most = 1e9; // seconds; and what is no number becomes 0
  return seconds > 0 && seconds < most ? std::llround(seconds * 1000) : 0;
}

void read_words(const rapidjson::Value& owner, transcription& out) {
  auto* words = json_member(owner, "words");
  if (!words || !words->IsArray())
    return;
  for (auto& x : words->GetArray()) {
    auto text = json_text(x, "punctuated_word");
    if (!text)
      text = json_text(x, "word");
    if (text)
      out.words.push_back({std::string{*text},
                           to_ms(json_number(x, "start").value_or(0)),
                           to_ms(json_number(x, "end").value_or(0))});
  }
}

bool add_channel(const rapidjson::Value& channel, transcription& out,
                 mean_confidence& mean) {
  auto* all = json_member(channel, "alternatives");
  if (!all || !all->IsArray() || all->Empty())
    return false;
  auto& best = (*all)[0];
  auto text = std::string{json_text(best, "transcript").value_or("")};
  mean.add(json_number(best, "confidence").value_or(1), count_words(text));
  append_words(out.text, text, no_limit);
  out.channels.push_back(std::move(text));
  read_words(best, out);
  if (out.language.empty())
    out.language = json_text(channel, "detected_language").value_or("");
  return true;
}

/// Formats that the vendor tells by a file's extension.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13>
  extensions{{{"audio/wav", "wav"},
              {"audio/x-wav", "wav"},
              {"audio/wave", "wav"},
              {"audio/mpeg", "mp3"},
              {"audio/mp3", "mp3"},
              {"audio/mp4", "mp4"},
              {"audio/x-m4a", "m4a"},
              {"audio/m4a", "m4a"},
              {"audio/flac", "flac"},
              {"audio/ogg", "ogg"},
              {"audio/webm", "webm"},
              {"video/mp4", "mp4"},
              {"video/webm", "webm"}}};

std::string_view extension_of(std::string_view content_type) {
  for (auto& [type, extension] : extensions)
    if (content_type == type)
      return extension;
  return {};
}

bool invented(const rapidjson::Value& segment) {
  return json_number(segment, "no_speech_prob").value_or(0) > 0.6
         && json_number(segment, "avg_logprob").value_or(0) < -0.8;
}

} // namespace

std::string wav_of_mulaw(std::string_view mulaw) {
  auto size = static_cast<uint32_t>(mulaw.size());
  std::string out = "RIFF";
  append_number(out, 50 + size + size % 2, 4);
  out += "WAVEfmt ";
  append_number(out, 18, 4);   // of this chunk
  append_number(out, 7, 2);    // mu-law
  append_number(out, 1, 2);    // channels
  append_number(out, 8000, 4); // samples per second
  append_number(out, 8000, 4); // bytes per second
  append_number(out, 1, 2);    // bytes per sample
  append_number(out, 8, 2);    // bits per sample
  append_number(out, 0, 2);    // no extension
  out += "fact";
  append_number(out, 4, 4);
  append_number(out, size, 4);
  out += "data";
  append_number(out, size, 4);
  out += mulaw;
  if (size % 2 != 0)
    out += '\0';
  return out;
}

// -- Deepgram -----------------------------------------------------------------

std::string
deepgram_prerecorded_target(std::string_view model, std::string_view language,
                            std::string_view content_type, bool each_channel,
                            const query_extras& extra) {
  query_writer query{"/v1/listen", extra};
  auto choice = choose_deepgram(model, language);
  query.add("model", choice.model);
  if (language.empty())
    query.flag("detect_language", true);
  else
    query.add("language", choice.language);
  query.flag("smart_format", true);
  if (content_type == raw_mulaw_type)
    query.add("encoding", "mulaw").add("sample_rate", int64_t{8000});
  if (each_channel)
    query.flag("multichannel", true);
  return query.str();
}

std::optional<transcription> parse_deepgram_prerecorded(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return std::nullopt;
  auto* results = json_member(document, "results");
  auto* channels = results ? json_member(*results, "channels") : nullptr;
  if (!channels || !channels->IsArray())
    return std::nullopt;
  transcription out;
  mean_confidence mean;
  for (auto& channel : channels->GetArray())
    if (!add_channel(channel, out, mean))
      return std::nullopt;
  if (out.channels.size() < 2)
    out.channels.clear();
  out.confidence = mean.value();
  if (auto* metadata = json_member(document, "metadata"))
    out.duration_ms = to_ms(json_number(*metadata, "duration").value_or(0));
  return out;
}

// -- OpenAI -------------------------------------------------------------------

multipart_body write_multipart(std::span<const multipart_field> fields) {
  auto contained = [fields](const std::string& x) {
    for (auto& field : fields)
      if (field.value.find(x) != std::string::npos)
        return true;
    return false;
  };
  std::string boundary = "velox-part";
  for (uint32_t i = 0; contained(boundary); ++i)
    boundary = "velox-part-" + std::to_string(i);
  multipart_body out{"multipart/form-data; boundary=" + boundary, {}};
  for (auto& field : fields) {
    out.body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\""
                + field.name + '"';
    if (!field.filename.empty())
      out.body += "; filename=\"" + field.filename + '"';
    if (!field.content_type.empty())
      out.body += "\r\nContent-Type: " + field.content_type;
    out.body += "\r\n\r\n" + field.value + "\r\n";
  }
  out.body += "--" + boundary + "--\r\n";
  return out;
}

std::optional<multipart_body>
whisper_request(std::string_view model, std::string_view language,
                std::string_view content_type, std::string_view audio) {
  bool raw = content_type == raw_mulaw_type;
  content_type = content_type.substr(0, content_type.find(';'));
  auto extension = raw ? std::string_view{"wav"} : extension_of(content_type);
  if (extension.empty())
    return std::nullopt;
  std::vector<multipart_field> fields;
  fields.push_back({"model", std::string{model}});
  if (!language.empty())
    fields.push_back({"language", primary_language(language)});
  // The newer models know "json" only.
  fields.push_back({"response_format",
                    model.starts_with("whisper") ? "verbose_json" : "json"});
  fields.push_back({"file", raw ? wav_of_mulaw(audio) : std::string{audio},
                    "recording." + std::string{extension},
                    raw ? "audio/wav" : std::string{content_type}});
  return write_multipart(fields);
}

std::optional<transcription> parse_whisper(std::string_view body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return std::nullopt;
  auto text = json_text(document, "text");
  if (!text)
    return std::nullopt;
  transcription out;
  out.language = json_text(document, "language").value_or("");
  out.duration_ms = to_ms(json_number(document, "duration").value_or(0));
  read_words(document, out);
  auto* segments = json_member(document, "segments");
  if (!segments || !segments->IsArray() || segments->Empty()) {
    out.text = *text;
    return out;
  }
  for (auto& segment : segments->GetArray()) {
    auto piece = json_text(segment, "text").value_or("");
    piece.remove_prefix(std::min(piece.find_first_not_of(' '), piece.size()));
    if (!invented(segment))
      append_words(out.text, piece, no_limit);
  }
  return out;
}

} // namespace velox
