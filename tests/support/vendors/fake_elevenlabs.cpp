#include "tests/support/vendors/fake_elevenlabs.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

std::string words(int status) {
  auto code = status == 401   ? "invalid_api_key"
              : status == 429 ? "too_many_concurrent_requests"
                              : "internal";
  return json_object{}
    .add("detail", json_object{}.add("status", code).add("message", "No."))
    .str();
}

/// The characters of piece `n` of `count`, as an equal share of the text.
std::string share(const std::string& text, size_t n, size_t count) {
  auto from = text.size() * n / count;
  return text.substr(from, text.size() * (n + 1) / count - from);
}

struct piece_times {
  std::string text;
  double ms_each = 0;
};

piece_times times_of(const std::string& text, const std::string& audio,
                     size_t n, size_t count) {
  piece_times result{share(text, n, count)};
  // Cut characters would be no JSON.
  for (char c : text)
    if (static_cast<uint8_t>(c) >= 0x80)
      result.text.clear();
  if (!result.text.empty())
    result.ms_each = static_cast<double>(audio.size()) / 8
                     / static_cast<double>(result.text.size());
  return result;
}

std::string encode(const std::string& audio) {
  return encode_base64(
    {reinterpret_cast<const uint8_t*>(audio.data()), audio.size()});
}

json_object alignment(const piece_times& x, bool socket) {
  json_array letters;
  json_array starts;
  json_array thirds;
  for (size_t i = 0; i < x.text.size(); ++i) {
    auto start = static_cast<double>(i) * x.ms_each;
    letters.add(x.text.substr(i, 1));
    starts.add(socket ? start : start / 1000);
    thirds.add(socket ? x.ms_each : (start + x.ms_each) / 1000);
  }
  json_object result;
  result.add(socket ? "chars" : "characters", letters);
  result.add(socket ? "charStartTimesMs" : "character_start_times_seconds",
             starts);
  result.add(socket ? "charDurationsMs" : "character_end_times_seconds",
             thirds);
  return result;
}

} // namespace

fake_elevenlabs::fake_elevenlabs() {
  listen(
    [this](auto& request, auto& connection) { answer(request, connection); },
    words);
}

void fake_elevenlabs::answer(const vendor_request& request,
                             vendor_connection& connection) {
  if (request.header("xi-api-key") != "test-key")
    return connection.respond(401, words(401));
  if (!request.path.starts_with("/v1/text-to-speech/")
      || request.parameter("output_format") != "ulaw_8000")
    return connection.respond(422, R"({"detail":[{"msg":"No."}]})");
  if (request.is_websocket && request.path.ends_with("/multi-stream-input"))
    return serve(connection);
  auto text = member_of(request.body, "text");
  note_text(text);
  auto all = speak("", text, audio_of(text));
  connection.begin(200, {{"content-type", "application/json"}});
  stream(connection, all, [](auto& x) {
    auto times = times_of(x.text, x.pieces[x.sent], x.sent, x.pieces.size());
    return json_object{}
             .add("audio_base64", encode(x.pieces[x.sent]))
             .add("alignment", alignment(times, false))
             .str()
           + "\n";
  });
}

void fake_elevenlabs::serve(vendor_connection& connection) {
  connection.accept();
  contexts open;
  for (;;) {
    auto message = connection.receive(open.empty() ? 10ms : 1ms);
    if (message && message->closed)
      return;
    if (!message)
      say(connection, open);
    else if (!hear(connection, *message, open))
      return;
  }
}

bool fake_elevenlabs::hear(vendor_connection& connection,
                           const vendor_message& message, contexts& open) {
  if (nonsense()) {
    connection.text("{ none");
    return true;
  }
  rapidjson::Document document;
  if (read_json(message.data, document) != json_error::none) {
    connection.close(1008, "Invalid message");
    return false;
  }
  auto name = member_of(message.data, "context_id");
  auto is_new = !open.contains(name);
  auto closing = json_bool(document, "close_context").value_or(false);
  if (is_new && closing)
    return true;
  if (is_new && !json_member(document, "voice_settings")) {
    connection.close(1008, "Voice settings must come first");
    return false;
  }
  auto& context = open[name];
  if (open.size() > 5) {
    connection.close(1008, "Maximum simultaneous contexts per WebSocket "
                           "connection exceeded (5)");
    return false;
  }
  most_contexts_ = std::max(most_contexts_.load(), open.size());
  auto text = member_of(message.data, "text");
  if (text != " ")
    context.text += text;
  if (json_bool(document, "flush").value_or(false)) {
    auto said = context.text.substr(0, context.text.find_last_not_of(' ') + 1);
    note_text(said);
    context.out = speak(name, said, audio_of(said));
    context.flushed = true;
  }
  if (closing) {
    note_command("close_context " + name);
    context.closing = true;
  }
  return true;
}

void fake_elevenlabs::say(vendor_connection& connection, contexts& open) {
  for (auto i = open.begin(); i != open.end();) {
    auto& x = i->second.out;
    if (i->second.flushed && x.sent < x.pieces.size()) {
      if (may_send(x, connection)) {
        auto times
          = times_of(x.text, x.pieces[x.sent], x.sent, x.pieces.size());
        connection.text(json_object{}
                          .add("audio", encode(x.pieces[x.sent]))
                          .add_null("isFinal")
                          .add("alignment", alignment(times, true))
                          .add("contextId", x.context)
                          .str());
        ++x.sent;
      }
    } else if (i->second.closing && x.sent == x.pieces.size()) {
      connection.text(json_object{}
                        .add_null("audio")
                        .add("isFinal", true)
                        .add("contextId", i->first)
                        .str());
      i = open.erase(i);
      continue;
    }
    ++i;
  }
}

} // namespace velox::test
