#include "tests/support/vendors/fake_transcription.hpp"

#include "protocol/json.hpp"

namespace velox::test {

namespace {

struct part {
  std::string name;
  std::string filename;
  std::string body;
};

std::string quoted_after(std::string_view text, std::string_view key) {
  auto at = text.find(key);
  if (at == std::string_view::npos)
    return {};
  text.remove_prefix(at + key.size());
  return std::string{text.substr(0, text.find('"'))};
}

/// multipart/form-data by the letter (RFC 7578, 2046); none when it is not.
std::optional<std::vector<part>> parts_of(const vendor_request& x) {
  auto type = x.header("content-type");
  auto at = type.find("boundary=");
  if (!type.starts_with("multipart/form-data;") || at == std::string::npos)
    return std::nullopt;
  auto delimiter = "--" + type.substr(at + 9);
  std::string_view rest = x.body;
  if (!rest.starts_with(delimiter + "\r\n"))
    return std::nullopt;
  rest.remove_prefix(delimiter.size() + 2);
  std::vector<part> result;
  while (true) {
    auto end = rest.find("\r\n" + delimiter);
    auto head = rest.find("\r\n\r\n");
    if (end == std::string_view::npos || head == std::string_view::npos
        || head > end)
      return std::nullopt;
    auto headers = rest.substr(0, head);
    part next{quoted_after(headers, "; name=\""),
              quoted_after(headers, "; filename=\""),
              std::string{rest.substr(head + 4, end - head - 4)}};
    if (next.name.empty())
      return std::nullopt;
    result.push_back(std::move(next));
    rest.remove_prefix(end + 2 + delimiter.size());
    if (rest == "--\r\n")
      return result;
    if (!rest.starts_with("\r\n"))
      return std::nullopt;
    rest.remove_prefix(2);
  }
}

/// The mu-law of a WAV file (format tag 7); none when it is something else.
std::optional<std::string> mulaw_of_wav(std::string_view file) {
  auto number = [file](std::size_t at, std::size_t bytes) {
    std::size_t result = 0;
    for (std::size_t i = bytes; i > 0; --i)
      result = result << 8 | static_cast<uint8_t>(file[at + i - 1]);
    return result;
  };
  if (file.size() < 20 || !file.starts_with("RIFF")
      || file.substr(8, 8) != "WAVEfmt " || number(4, 4) + 8 != file.size())
    return std::nullopt;
  std::size_t format = 0;
  for (std::size_t at = 12; at + 8 <= file.size();) {
    auto size = number(at + 4, 4);
    if (at + 8 + size > file.size())
      return std::nullopt;
    if (file.substr(at, 4) == "fmt ")
      format = number(at + 8, 2);
    if (file.substr(at, 4) == "data")
      return format == 7 ? std::optional{std::string{file.substr(at + 8, size)}}
                         : std::nullopt;
    at += 8 + size + size % 2;
  }
  return std::nullopt;
}

/// What a recording says; none when it cannot be decoded.
std::optional<fake_ear>
heard(stt_fake& self, const std::string& bytes, bool raw) {
  auto audio = raw ? std::optional{bytes} : mulaw_of_wav(bytes);
  if (!audio || audio->empty())
    return std::nullopt;
  self.note_audio(*audio);
  fake_ear ear{self.plan().spellings};
  ear.hear(*audio);
  return ear;
}

void serve_deepgram(stt_fake& self, const vendor_request& request,
                    vendor_connection& to) {
  if (!request.header("authorization").starts_with("Token "))
    return to.respond(401, R"({"err_code":"INVALID_AUTH","err_msg":"no"})");
  auto type = request.header("content-type");
  bool raw = request.parameter("encoding") == "mulaw";
  auto ear = type.starts_with("audio/") ? heard(self, request.body, raw)
                                        : std::nullopt;
  if (!ear)
    return to.respond(400, R"({"err_code":"Bad Request","err_msg":"corrupt"})");
  json_array words;
  for (auto& x : ear->words())
    words.add(json_object{}
                .add("word", x.text)
                .add("start", x.start)
                .add("end", x.end)
                .add("confidence", 0.9)
                .add("punctuated_word", x.text));
  json_array channels;
  for (int i = request.parameter("multichannel") == "true" ? 2 : 1; i > 0; --i)
    channels.add(
      json_object{}
        .add("alternatives", json_array{}.add(json_object{}
                                                .add("transcript", ear->text())
                                                .add("confidence", 0.9)
                                                .add("words", words)))
        .add("detected_language", "en"));
  to.respond(200, json_object{}
                    .add("metadata", json_object{}
                                       .add("request_id", "6f0c")
                                       .add("duration", ear->now())
                                       .add("channels", 1))
                    .add("results", json_object{}.add("channels", channels))
                    .str());
}

void refuse_form(vendor_connection& to, std::string_view code) {
  to.respond(400, json_object{}
                    .add("error", json_object{}
                                    .add("message", "no")
                                    .add("type", "invalid_request_error")
                                    .add("code", code))
                    .str());
}

void serve_whisper(stt_fake& self, const vendor_request& request,
                   vendor_connection& to) {
  if (!request.header("authorization").starts_with("Bearer "))
    return to.respond(401,
                      R"({"error":{"message":"Incorrect API key provided: )"
                      R"(test-key","type":"invalid_request_error",)"
                      R"("code":"invalid_api_key"}})");
  auto parts = parts_of(request);
  if (!parts)
    return refuse_form(to, "bad_form");
  std::string model, format;
  const part* file = nullptr;
  for (auto& x : *parts) {
    if (x.name == "file")
      file = &x;
    if (x.name == "model")
      model = x.body;
    if (x.name == "response_format")
      format = x.body;
  }
  if (!file || !file->filename.ends_with(".wav"))
    return refuse_form(to, "unsupported_file");
  auto ear = heard(self, file->body, false);
  if (model.empty() || !ear)
    return refuse_form(to, "invalid_value");
  json_object answer;
  answer.add("text", ear->text());
  if (format == "verbose_json")
    answer.add("language", "english").add("duration", ear->now());
  to.respond(200, answer.str());
}

void serve(stt_fake& self, const vendor_request& request,
           vendor_connection& to) {
  if (act_up(self.plan(), 0, to))
    return to.pause(milliseconds{60'000});
  if (request.method == "POST" && request.path == "/v1/listen")
    return serve_deepgram(self, request, to);
  if (request.method == "POST" && request.path == "/v1/audio/transcriptions")
    return serve_whisper(self, request, to);
  to.respond(404, "{}");
}

} // namespace

fake_transcription::fake_transcription() : stt_fake(&serve) {}

} // namespace velox::test
