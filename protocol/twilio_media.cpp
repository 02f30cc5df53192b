#include "protocol/twilio_media.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <limits>
#include <optional>

namespace velox {

namespace {

using json_value = rapidjson::Value;
using code = twilio_media_errc;

/// Frames of the protocol nest three deep; a little room for new fields.
constexpr size_t max_depth = 8;

// -- the fast way
// --------------------------------------------------------------

/// Walks over a frame of the known shape.
class scanner {
public:
  explicit scanner(std::string_view text) : rest_(text) {}

  /// Steps over `literal` if it comes next.
  bool skip(std::string_view literal) {
    if (!rest_.starts_with(literal))
      return false;
    rest_.remove_prefix(literal.size());
    return true;
  }

  /// Steps over a run of 1 to 18 digits, which fit without a check.
  bool number(uint64_t& value) {
    value = 0;
    size_t i = 0;
    for (; i < rest_.size() && rest_[i] >= '0' && rest_[i] <= '9'; ++i) {
      if (i == 18)
        return false;
      value = value * 10 + static_cast<uint64_t>(rest_[i] - '0');
    }
    rest_.remove_prefix(i);
    return i > 0;
  }

  /// Steps over everything up to the next quote.
  bool quoted(std::string_view& value) {
    auto end = rest_.find('"');
    if (end == std::string_view::npos)
      return false;
    value = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return true;
  }

  /// Steps over letters and digits.
  bool identifier() {
    size_t i = 0;
    auto is_part = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
             || (c >= 'A' && c <= 'Z');
    };
    while (i < rest_.size() && is_part(rest_[i]))
      ++i;
    rest_.remove_prefix(i);
    return i > 0;
  }

  bool done() const { return rest_.empty(); }

private:
  std::string_view rest_;
};

/// Reads the media frame exactly as Twilio writes it. False when the frame has
/// another shape, or any doubt: the general way decides then.
bool parse_usual_media(std::string_view frame, twilio_media& media,
                       std::vector<uint8_t>& audio) {
  scanner in{frame};
  std::string_view payload;
  if (!in.skip(R"({"event":"media","sequenceNumber":")")
      || !in.number(media.sequence) || !in.skip(R"(","media":{"track":")"))
    return false;
  if (in.skip("inbound"))
    media.track = twilio_track::inbound;
  else if (in.skip("outbound"))
    media.track = twilio_track::outbound;
  else
    return false;
  if (!in.skip(R"(","chunk":")") || !in.number(media.chunk)
      || !in.skip(R"(","timestamp":")") || !in.number(media.timestamp_ms)
      || !in.skip(R"(","payload":")") || !in.quoted(payload)
      || !in.skip(R"("},"streamSid":")") || !in.identifier()
      || !in.skip(R"("})") || !in.done())
    return false;
  size_t before = audio.size();
  if (!decode_base64(payload, audio))
    return false;
  media.payload_size = audio.size() - before;
  return true;
}

// -- the general way
// -----------------------------------------------------------

/// Reads the text `name` of `object` into `out`; when it is missing, that is an
/// error only if it is `needed`.
twilio_media_error
read_text(const json_value& object, std::string_view name,
          std::string_view path, bool needed, std::string& out) {
  auto* value = json_member(object, name);
  if (!value || value->IsNull())
    return needed ? twilio_media_error{code::missing_field, path}
                  : twilio_media_error{};
  if (!value->IsString())
    return {code::wrong_type, path};
  out.assign(value->GetString(), value->GetStringLength());
  return {};
}

/// Reads a number, written as such or as a string, that may be missing.
template <class Unsigned>
twilio_media_error read_number(const json_value& object, std::string_view name,
                               std::string_view path, Unsigned& out) {
  auto* value = json_member(object, name);
  if (!value || value->IsNull())
    return {};
  auto number = json_integer(object, name);
  constexpr auto highest
    = std::min(static_cast<uint64_t>(std::numeric_limits<Unsigned>::max()),
               static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
  if (!number || *number < 0 || static_cast<uint64_t>(*number) > highest)
    return {code::wrong_type, path};
  out = static_cast<Unsigned>(*number);
  return {};
}

/// The object `name` of the frame, with an error when there is none.
twilio_media_error find_object(const json_value& frame, std::string_view name,
                               const json_value*& out) {
  out = json_member(frame, name);
  if (!out)
    return {code::missing_field, name};
  if (!out->IsObject())
    return {code::wrong_type, name};
  return {};
}

twilio_media_error
read_parameters(const json_value& start, twilio_start& event) {
  constexpr std::string_view path = "start.customParameters";
  auto* parameters = json_member(start, "customParameters");
  if (!parameters || parameters->IsNull())
    return {};
  if (!parameters->IsObject())
    return {code::wrong_type, path};
  for (auto& member : parameters->GetObject()) {
    if (!member.value.IsString())
      return {code::wrong_type, path};
    event.parameters.insert_or_assign(
      std::string{member.name.GetString(), member.name.GetStringLength()},
      std::string{member.value.GetString(), member.value.GetStringLength()});
  }
  return {};
}

twilio_media_error read_format(const json_value& start, twilio_start& event) {
  auto* format = json_member(start, "mediaFormat");
  if (!format || format->IsNull())
    return {};
  if (!format->IsObject())
    return {code::wrong_type, "start.mediaFormat"};
  if (auto error = read_text(*format, "encoding", "start.mediaFormat.encoding",
                             false, event.encoding))
    return error;
  if (auto error
      = read_number(*format, "sampleRate", "start.mediaFormat.sampleRate",
                    event.sample_rate))
    return error;
  return read_number(*format, "channels", "start.mediaFormat.channels",
                     event.channels);
}

twilio_media_error read_event(const json_value& frame, twilio_connected& event,
                              std::vector<uint8_t>&) {
  if (auto error
      = read_text(frame, "protocol", "protocol", false, event.protocol))
    return error;
  return read_text(frame, "version", "version", false, event.version);
}

twilio_media_error read_event(const json_value& frame, twilio_start& event,
                              std::vector<uint8_t>&) {
  const json_value* start = nullptr;
  if (auto error = find_object(frame, "start", start))
    return error;
  // The stream's id is in both places; either will do.
  if (auto error
      = read_text(frame, "streamSid", "streamSid", false, event.stream_sid))
    return error;
  if (auto error = read_text(*start, "streamSid", "start.streamSid",
                             event.stream_sid.empty(), event.stream_sid))
    return error;
  if (auto error = read_text(*start, "accountSid", "start.accountSid", false,
                             event.account_sid))
    return error;
  if (auto error
      = read_text(*start, "callSid", "start.callSid", true, event.call_sid))
    return error;
  if (auto error = read_format(*start, event))
    return error;
  return read_parameters(*start, event);
}

twilio_media_error read_event(const json_value& frame, twilio_media& event,
                              std::vector<uint8_t>& audio) {
  const json_value* media = nullptr;
  if (auto error = find_object(frame, "media", media))
    return error;
  if (auto error
      = read_number(frame, "sequenceNumber", "sequenceNumber", event.sequence))
    return error;
  std::string track;
  if (auto error = read_text(*media, "track", "media.track", false, track))
    return error;
  event.track = track.starts_with("outbound") ? twilio_track::outbound
                                              : twilio_track::inbound;
  if (auto error = read_number(*media, "chunk", "media.chunk", event.chunk))
    return error;
  if (auto error
      = read_number(*media, "timestamp", "media.timestamp", event.timestamp_ms))
    return error;
  auto* payload = json_member(*media, "payload");
  if (!payload)
    return {code::missing_field, "media.payload"};
  if (!payload->IsString())
    return {code::wrong_type, "media.payload"};
  size_t before = audio.size();
  if (!decode_base64({payload->GetString(), payload->GetStringLength()}, audio))
    return {code::bad_base64, "media.payload"};
  event.payload_size = audio.size() - before;
  return {};
}

twilio_media_error
read_event(const json_value& frame, twilio_dtmf& event, std::vector<uint8_t>&) {
  const json_value* dtmf = nullptr;
  if (auto error = find_object(frame, "dtmf", dtmf))
    return error;
  return read_text(*dtmf, "digit", "dtmf.digit", true, event.digit);
}

twilio_media_error
read_event(const json_value& frame, twilio_mark& event, std::vector<uint8_t>&) {
  const json_value* mark = nullptr;
  if (auto error = find_object(frame, "mark", mark))
    return error;
  return read_text(*mark, "name", "mark.name", true, event.name);
}

twilio_media_error
read_event(const json_value& frame, twilio_stop& event, std::vector<uint8_t>&) {
  // A stop is believed whatever it says of itself: the call is over.
  auto* stop = json_member(frame, "stop");
  if (!stop || !stop->IsObject())
    return {};
  event.account_sid = json_text(*stop, "accountSid").value_or("");
  event.call_sid = json_text(*stop, "callSid").value_or("");
  return {};
}

/// Reads the frame as an `Event`; `event` is set only when that worked.
template <class Event>
twilio_media_error read_as(const json_value& frame, twilio_event& event,
                           std::vector<uint8_t>& audio) {
  Event result;
  auto error = read_event(frame, result, audio);
  if (!error)
    event = std::move(result);
  return error;
}

twilio_media_error parse_any(std::string_view text, twilio_event& event,
                             std::vector<uint8_t>& audio) {
  rapidjson::Document frame;
  switch (read_json(text, frame, max_depth)) {
    case json_error::none: break;
    case json_error::too_deep: return {code::too_deep, {}};
    case json_error::malformed: return {code::malformed, {}};
  }
  if (!frame.IsObject())
    return {code::malformed, {}};
  std::string name;
  if (auto error = read_text(frame, "event", "event", true, name))
    return error;
  if (name == "media")
    return read_as<twilio_media>(frame, event, audio);
  if (name == "mark")
    return read_as<twilio_mark>(frame, event, audio);
  if (name == "dtmf")
    return read_as<twilio_dtmf>(frame, event, audio);
  if (name == "connected")
    return read_as<twilio_connected>(frame, event, audio);
  if (name == "start")
    return read_as<twilio_start>(frame, event, audio);
  if (name == "stop")
    return read_as<twilio_stop>(frame, event, audio);
  event = twilio_unknown{std::move(name)};
  return {};
}

/// What is wrong, without the field.
std::string_view reason(twilio_media_errc error) {
  switch (error) {
    case code::none: return "no error";
    case code::too_large: return "frame is too large";
    case code::too_deep: return "frame is nested too deep";
    case code::malformed: return "frame is not a JSON object";
    case code::missing_field: return "field is missing";
    case code::wrong_type: return "field has the wrong type or range";
    case code::bad_base64: return "field is not base64";
  }
  return "unknown error";
}

} // namespace

std::string to_text(const twilio_media_error& error) {
  std::string text{reason(error.code)};
  if (!error.field.empty())
    text.append(": ").append(error.field);
  return text;
}

twilio_media_error
twilio_media_parser::parse(std::string_view frame, twilio_event& event,
                           std::vector<uint8_t>& audio) {
  if (frame.size() > max_frame_)
    return {code::too_large, {}};
  twilio_media media;
  if (parse_usual_media(frame, media, audio)) {
    ++fast_frames_;
    event = media;
    return {};
  }
  return parse_any(frame, event, audio);
}

} // namespace velox
