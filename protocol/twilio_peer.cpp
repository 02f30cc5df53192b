#include "protocol/twilio_peer.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

namespace velox {

namespace {

using code = twilio_media_errc;

constexpr size_t max_depth = 8;

/// The text `name` of `object`, or an error that names `path`.
twilio_media_error
need_text(const rapidjson::Value& object, std::string_view name,
          std::string_view path, std::string_view& out) {
  auto* value = json_member(object, name);
  if (!value)
    return {code::missing_field, path};
  if (!value->IsString())
    return {code::wrong_type, path};
  out = {value->GetString(), value->GetStringLength()};
  return {};
}

/// The text `name` of the object `outer` of the frame.
twilio_media_error need_inner(const rapidjson::Value& frame,
                              std::string_view outer, std::string_view name,
                              std::string_view path, std::string_view& out) {
  auto* object = json_member(frame, outer);
  if (!object)
    return {code::missing_field, outer};
  if (!object->IsObject())
    return {code::wrong_type, outer};
  return need_text(*object, name, path, out);
}

json_object describe(const twilio_start& start, const std::string& stream_sid) {
  json_object parameters;
  for (auto& [name, value] : start.parameters)
    parameters.add(name, value);
  return json_object{}
    .add("accountSid", start.account_sid)
    .add("streamSid", stream_sid)
    .add("callSid", start.call_sid)
    .add("tracks", json_array{}.add("inbound"))
    .add("mediaFormat", json_object{}
                          .add("encoding", start.encoding)
                          .add("sampleRate", start.sample_rate)
                          .add("channels", start.channels))
    .add("customParameters", parameters);
}

} // namespace

void twilio_peer_writer::append_sequence(std::string& out) {
  out += R"("sequenceNumber":")";
  out += std::to_string(++sequence_);
  out += '"';
}

void twilio_peer_writer::append_connected(std::string& out) {
  out += R"({"event":"connected","protocol":"Call","version":"1.0.0"})";
}

void twilio_peer_writer::append_start(std::string& out,
                                      const twilio_start& start) {
  out += R"({"event":"start",)";
  append_sequence(out);
  out += R"(,"start":)";
  out += describe(start, stream_sid_).str();
  out += R"(,"streamSid":)";
  append_json_string(out, stream_sid_);
  out += '}';
}

void twilio_peer_writer::append_media(std::string& out, uint64_t timestamp_ms,
                                      std::span<const uint8_t> mulaw,
                                      twilio_track track) {
  out += R"({"event":"media",)";
  append_sequence(out);
  out += R"(,"media":{"track":")";
  out += track == twilio_track::inbound ? "inbound" : "outbound";
  out += R"(","chunk":")";
  out += std::to_string(++chunk_);
  out += R"(","timestamp":")";
  out += std::to_string(timestamp_ms);
  out += R"(","payload":")";
  append_base64(out, mulaw);
  out += R"("},"streamSid":)";
  append_json_string(out, stream_sid_);
  out += '}';
}

void twilio_peer_writer::append_dtmf(std::string& out, char digit) {
  out += R"({"event":"dtmf","streamSid":)";
  append_json_string(out, stream_sid_);
  out += ',';
  append_sequence(out);
  out += R"(,"dtmf":{"track":"inbound_track","digit":)";
  append_json_string(out, {&digit, 1});
  out += "}}";
}

void twilio_peer_writer::append_mark(std::string& out, std::string_view name) {
  out += R"({"event":"mark",)";
  append_sequence(out);
  out += R"(,"streamSid":)";
  append_json_string(out, stream_sid_);
  out += R"(,"mark":{"name":)";
  append_json_string(out, name);
  out += "}}";
}

void twilio_peer_writer::append_stop(std::string& out,
                                     std::string_view account_sid,
                                     std::string_view call_sid) {
  out += R"({"event":"stop",)";
  append_sequence(out);
  out += R"(,"stop":)";
  out += json_object{}
           .add("accountSid", account_sid)
           .add("callSid", call_sid)
           .str();
  out += R"(,"streamSid":)";
  append_json_string(out, stream_sid_);
  out += '}';
}

twilio_media_error
parse_engine_frame(std::string_view text, engine_frame& frame,
                   std::vector<uint8_t>& audio) {
  rapidjson::Document json;
  switch (read_json(text, json, max_depth)) {
    case json_error::none: break;
    case json_error::too_deep: return {code::too_deep, {}};
    case json_error::malformed: return {code::malformed, {}};
  }
  if (!json.IsObject())
    return {code::malformed, {}};
  std::string_view event, stream_sid;
  if (auto error = need_text(json, "event", "event", event))
    return error;
  if (auto error = need_text(json, "streamSid", "streamSid", stream_sid))
    return error;
  if (event == "clear") {
    frame = engine_clear{std::string{stream_sid}};
    return {};
  }
  if (event == "mark") {
    std::string_view name;
    auto error = need_inner(json, "mark", "name", "mark.name", name);
    if (!error)
      frame = engine_mark{std::string{stream_sid}, std::string{name}};
    return error;
  }
  if (event != "media")
    return {code::wrong_type, "event"};
  std::string_view payload;
  if (auto error
      = need_inner(json, "media", "payload", "media.payload", payload))
    return error;
  size_t before = audio.size();
  if (!decode_base64(payload, audio))
    return {code::bad_base64, "media.payload"};
  frame = engine_media{std::string{stream_sid}, audio.size() - before};
  return {};
}

} // namespace velox
