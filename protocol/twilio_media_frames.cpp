#include "protocol/base64.hpp"
#include "protocol/json.hpp"
#include "protocol/twilio_media.hpp"

/// The frames that the engine writes.

namespace velox {

namespace {

constexpr std::string_view media_begin = R"({"event":"media","streamSid":)";
constexpr std::string_view media_middle = R"(,"media":{"payload":")";
constexpr std::string_view media_end = R"("}})";

} // namespace

void append_media_frame(std::string& out, std::string_view stream_sid,
                        std::span<const uint8_t> mulaw) {
  out += media_begin;
  append_json_string(out, stream_sid);
  out += media_middle;
  append_base64(out, mulaw);
  out += media_end;
}

size_t media_frame_size(std::string_view stream_sid, size_t bytes) {
  // A byte of the id takes six when it is escaped.
  return media_begin.size() + stream_sid.size() * 6 + 2 + media_middle.size()
         + base64_size(bytes) + media_end.size();
}

void append_mark_frame(std::string& out, std::string_view stream_sid,
                       std::string_view name) {
  out += R"({"event":"mark","streamSid":)";
  append_json_string(out, stream_sid);
  out += R"(,"mark":{"name":)";
  append_json_string(out, name);
  out += "}}";
}

void append_clear_frame(std::string& out, std::string_view stream_sid) {
  out += R"({"event":"clear","streamSid":)";
  append_json_string(out, stream_sid);
  out += '}';
}

} // namespace velox
