#include "protocol/base64.hpp"
#include "protocol/json.hpp"
#include "protocol/twilio_peer.hpp"
#include "tests/fuzz/expect.hpp"

#include <rapidjson/document.h>

using namespace velox;

namespace {

/// A frame reads the same with a space behind it, which the fast way does not
/// know: both ways must agree.
void compare_ways(std::string_view frame) {
  twilio_media_parser parser;
  twilio_event fast, slow;
  std::vector<uint8_t> fast_audio{1}, slow_audio{1};
  auto fast_error = parser.parse(frame, fast, fast_audio);
  auto slow_error = parser.parse(std::string{frame} + ' ', slow, slow_audio);
  expect(fast_error.code == slow_error.code);
  expect(fast_audio == slow_audio);
  if (fast_error) {
    expect(fast_audio.size() == 1);
    return;
  }
  expect(fast.index() == slow.index());
  if (auto* x = std::get_if<twilio_media>(&fast)) {
    auto& y = std::get<twilio_media>(slow);
    expect(x->track == y.track && x->sequence == y.sequence
           && x->chunk == y.chunk && x->timestamp_ms == y.timestamp_ms
           && x->payload_size == y.payload_size
           && x->payload_size + 1 == fast_audio.size());
  }
}

/// Both versions of base64 agree on any text.
void compare_base64(std::string_view text) {
  std::vector<uint8_t> fast, slow;
  expect(decode_base64(text, fast) == decode_base64_scalar(text, slow));
  expect(fast == slow);
  // Strict: whatever is accepted is the one text of its bytes.
  if (!fast.empty())
    expect(encode_base64(fast) == text);
}

/// Whatever the name, the frame is valid and carries it.
void compare_frames(std::string_view name) {
  std::string frame;
  append_mark_frame(frame, name, name);
  engine_frame read;
  std::vector<uint8_t> audio;
  expect(!parse_engine_frame(frame, read, audio));
  std::string expected;
  append_json_string(expected, name);
  rapidjson::Document json;
  expect(read_json(expected, json) == json_error::none);
  expect(std::get<engine_mark>(read).name
         == std::string_view(json.GetString(), json.GetStringLength()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  compare_ways(text);
  compare_base64(text);
  compare_frames(text);
  engine_frame frame;
  std::vector<uint8_t> audio;
  if (parse_engine_frame(text, frame, audio))
    expect(audio.empty());
  return 0;
}
