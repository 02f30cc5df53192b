#include "tests/support/vendors/fake_google_speech.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

namespace velox::test {

namespace {

constexpr std::size_t one_minute = 60 * 8000; ///< bytes

std::string error(int code, std::string_view status) {
  return json_object{}
    .add("error", json_object{}
                    .add("code", code)
                    .add("message", "no")
                    .add("status", status))
    .str();
}

/// The audio of a request; none when something is wrong with it.
std::optional<std::string> audio_in(const std::string& body) {
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return std::nullopt;
  auto* config = json_member(document, "config");
  auto* audio = json_member(document, "audio");
  if (!config || !audio || json_text(*config, "encoding") != "MULAW"
      || json_integer(*config, "sampleRateHertz") != 8000
      || json_text(*config, "languageCode").value_or("").find('-')
           == std::string_view::npos)
    return std::nullopt;
  std::vector<uint8_t> bytes;
  if (!decode_base64(json_text(*audio, "content").value_or(""), bytes)
      || bytes.empty() || bytes.size() > one_minute)
    return std::nullopt;
  return std::string{bytes.begin(), bytes.end()};
}

void serve(stt_fake& self, const vendor_request& request,
           vendor_connection& connection) {
  if (!request.header("authorization").starts_with("Bearer ")
      && request.header("x-goog-api-key").empty())
    return connection.respond(401, error(401, "UNAUTHENTICATED"));
  auto audio = audio_in(request.body);
  if (request.method != "POST" || request.path != "/v1/speech:recognize"
      || !audio)
    return connection.respond(400, error(400, "INVALID_ARGUMENT"));
  self.note_audio(*audio);
  auto plan = self.plan();
  fake_ear ear{plan.spellings};
  ear.hear(*audio);
  if (act_up(plan, ear.words().size(), connection))
    return connection.pause(milliseconds{60'000});
  json_array results;
  if (!ear.text().empty())
    results.add(
      json_object{}
        .add(
          "alternatives",
          json_array{}.add(
            json_object{}.add("transcript", ear.text()).add("confidence", 0.9)))
        .add("resultEndTime", "1.920s")
        .add("languageCode", "en-us"));
  json_object answer;
  if (results.str() != "[]")
    answer.add("results", results);
  answer.add("totalBilledTime", "2s").add("requestId", "123");
  connection.respond(200, answer.str(), {{"Content-Type", "application/json"}});
}

} // namespace

fake_google_speech::fake_google_speech() : stt_fake(&serve) {}

} // namespace velox::test
