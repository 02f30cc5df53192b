#include "tests/support/vendors/fake_google_tts.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"
#include "protocol/xml.hpp"

#include <rapidjson/document.h>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

std::string words(int status) {
  auto code = status == 401   ? "UNAUTHENTICATED"
              : status == 429 ? "RESOURCE_EXHAUSTED"
              : status == 400 ? "INVALID_ARGUMENT"
                              : "INTERNAL";
  return json_object{}
    .add("error", json_object{}.add("code", status).add("status", code))
    .str();
}

} // namespace

fake_google_tts::fake_google_tts() {
  listen(
    [this](auto& request, auto& connection) { answer(request, connection); },
    words);
}

std::vector<uint8_t>
fake_google_tts::wav_of(const std::vector<uint8_t>& mulaw) {
  std::vector<uint8_t> out;
  auto tag
    = [&](std::string_view x) { out.insert(out.end(), x.begin(), x.end()); };
  auto put = [&](size_t x, int size) {
    for (int i = 0; i < size; ++i)
      out.push_back(static_cast<uint8_t>(x >> (8 * i)));
  };
  tag("RIFF");
  put(50 + mulaw.size(), 4);
  tag("WAVEfmt ");
  put(18, 4);
  put(7, 2); // mu-law
  put(1, 2); // mono
  put(8000, 4);
  put(8000, 4);
  put(1, 2);
  put(8, 2);
  put(0, 2);
  tag("fact");
  put(4, 4);
  put(mulaw.size(), 4);
  tag("data");
  put(mulaw.size(), 4);
  out.insert(out.end(), mulaw.begin(), mulaw.end());
  return out;
}

void fake_google_tts::answer(const vendor_request& request,
                             vendor_connection& connection) {
  bool key = request.header("x-goog-api-key") == "test-key"
             || request.parameter("key") == "test-key";
  if (!key)
    return connection.respond(401, words(401));
  rapidjson::Document document;
  auto error = read_json(request.body, document);
  auto* input = json_member(document, "input");
  auto* audio = json_member(document, "audioConfig");
  auto* voice = json_member(document, "voice");
  if (error != json_error::none || !input || !audio || !voice
      || json_text(*audio, "audioEncoding") != "MULAW"
      || json_text(*voice, "languageCode").value_or("").empty())
    return connection.respond(400, words(400));
  std::string text{json_text(*input, "text").value_or("")};
  if (auto ssml = json_text(*input, "ssml")) {
    xml::element root;
    if (!text.empty() || !xml::read(*ssml, root).empty()
        || root.name != "speak")
      return connection.respond(400, words(400));
    text = ssml->substr(7, ssml->size() - 15); // without <speak> and its end
  }
  if (text.size() > 5000)
    return connection.respond(400, words(400));
  note_text(text);
  auto body = json_object{}
                .add("audioContent", encode_base64(wav_of(audio_of(text))))
                .str();
  // It has nothing to say before it has everything, but may be lost half way.
  speaking x;
  x.text = text;
  for (size_t at = 0; at < body.size(); at += 600)
    x.pieces.push_back(body.substr(at, 600));
  while (held() >= 0)
    connection.pause(1ms);
  connection.begin(200, {{"content-type", "application/json"}});
  stream(connection, x, [](auto& y) { return y.pieces[y.sent]; });
}

} // namespace velox::test
