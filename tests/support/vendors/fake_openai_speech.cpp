#include "tests/support/vendors/fake_openai_speech.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <cmath>

namespace velox::test {

namespace {

std::string words(int status) {
  auto code = status == 401   ? "invalid_api_key"
              : status == 429 ? "rate_limit_exceeded"
                              : "server_error";
  json_object error;
  error.add("message", "No.").add("type", "error").add_null("param");
  return json_object{}.add("error", error.add("code", code)).str();
}

std::string event_of(const std::string& audio) {
  auto base64 = encode_base64(
    {reinterpret_cast<const uint8_t*>(audio.data()), audio.size()});
  return "data: "
         + json_object{}
             .add("type", "speech.audio.delta")
             .add("audio", base64)
             .str()
         + "\n\n";
}

} // namespace

fake_openai_speech::fake_openai_speech() {
  listen(
    [this](auto& request, auto& connection) { answer(request, connection); },
    words);
}

std::vector<uint8_t> fake_openai_speech::pcm_of(std::string_view text) {
  auto samples = audio_of(text).size() * 3;
  auto pitch = 200.0 + static_cast<double>(text.size() % 50) * 10;
  std::vector<uint8_t> result;
  for (size_t i = 0; i < samples; ++i) {
    auto angle = 2 * 3.14159265 * pitch * static_cast<double>(i) / 24000;
    auto sample = static_cast<int16_t>(std::lround(8000 * std::sin(angle)));
    result.push_back(static_cast<uint8_t>(sample));
    result.push_back(static_cast<uint8_t>(sample >> 8));
  }
  return result;
}

void fake_openai_speech::answer(const vendor_request& request,
                                vendor_connection& connection) {
  if (request.header("authorization") != "Bearer test-key")
    return connection.respond(401, words(401));
  if (request.path != "/v1/audio/speech"
      || member_of(request.body, "response_format") != "pcm")
    return connection.respond(400, words(400));
  auto text = member_of(request.body, "input");
  note_text(text);
  auto all = speak("", text, pcm_of(text));
  if (!events_) {
    connection.begin(200, {{"content-type", "audio/pcm"}});
    return stream(connection, all, [](auto& x) { return x.pieces[x.sent]; });
  }
  connection.begin(200, {{"content-type", "text/event-stream"}});
  stream(connection, all, [](auto& x) {
    auto event = event_of(x.pieces[x.sent]);
    if (x.sent + 1 == x.pieces.size())
      event += "data: {\"type\":\"speech.audio.done\"}\n\n";
    return event;
  });
}

} // namespace velox::test
