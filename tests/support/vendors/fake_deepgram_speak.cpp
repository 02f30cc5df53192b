#include "tests/support/vendors/fake_deepgram_speak.hpp"

#include "protocol/json.hpp"

namespace velox::test {

namespace {

using namespace std::chrono_literals;

constexpr size_t flush_limit = 20;

std::string error(std::string_view code) {
  return json_object{}
    .add("err_code", code)
    .add("err_msg", "No.")
    .add("request_id", "f8b1")
    .str();
}

std::string words(int status) {
  return error(status == 401   ? "INVALID_AUTH"
               : status == 402 ? "ASR_PAYMENT_REQUIRED"
               : status == 429 ? "TOO_MANY_REQUESTS"
                               : "INTERNAL");
}

} // namespace

fake_deepgram_speak::fake_deepgram_speak() {
  listen(
    [this](auto& request, auto& connection) { answer(request, connection); },
    words);
}

void fake_deepgram_speak::answer(const vendor_request& request,
                                 vendor_connection& connection) {
  if (request.header("authorization") != "Token test-key")
    return connection.respond(401, words(401));
  if (request.path != "/v1/speak" || request.parameter("encoding") != "mulaw"
      || request.parameter("sample_rate") != "8000"
      || request.parameter("model").empty())
    return connection.respond(400, error("INVALID_QUERY_PARAMETER"));
  if (request.is_websocket)
    return serve(connection);
  auto text = member_of(request.body, "text");
  note_text(text);
  auto all = speak("", text, audio_of(text));
  if (request.parameter("container") != "none")
    all.pieces.insert(all.pieces.begin(), "RIFF\x24\x01WAVEfmt ");
  connection.begin(200, {{"content-type", "audio/mulaw;rate=8000"},
                         {"dg-request-id", "f8b1"}});
  stream(connection, all, [](auto& x) { return x.pieces[x.sent]; });
}

void fake_deepgram_speak::serve(vendor_connection& connection) {
  connection.accept();
  connection.text(R"({"type":"Metadata","request_id":"f8b1",)"
                  R"("model_name":"aura-2-thalia-en"})");
  std::deque<speaking> queue; ///< the last one may lack its Flush
  size_t flushes = 0;
  for (;;) {
    auto message = connection.receive(queue.empty() ? 10ms : 1ms);
    if (message && message->closed)
      return;
    if (message) {
      if (message->data == R"({"type":"Flush"})" && ++flushes > flush_limit)
        connection.text(R"({"type":"Warning","description":"Too many.",)"
                        R"("code":"EXCESSIVE_FLUSH"})");
      else if (!hear(connection, *message, queue))
        return;
      continue;
    }
    if (queue.empty()) {
      if (close_idle_.exchange(false))
        return connection.close(1000, "");
      continue;
    }
    auto& x = queue.front();
    if (x.sent < x.pieces.size()) {
      if (may_send(x, connection))
        connection.binary(x.pieces[x.sent++]);
    } else if (x.context == "flushed" && (held() < 0 || held() > 0)) {
      connection.text(R"({"type":"Flushed","sequence_id":0})");
      queue.pop_front();
    }
  }
}

bool fake_deepgram_speak::hear(vendor_connection& connection,
                               const vendor_message& message,
                               std::deque<speaking>& queue) {
  auto type = member_of(message.data, "type");
  if (nonsense()) {
    connection.text("{ none");
  } else if (type == "Speak") {
    auto text = member_of(message.data, "text");
    note_text(text);
    queue.push_back(speak("", text, audio_of(text)));
  } else if (type == "Flush") {
    note_command(type);
    if (!queue.empty())
      queue.back().context = "flushed";
  } else if (type == "Clear") {
    clear(connection, queue);
  } else if (type == "Close") {
    connection.close(1000, "");
    return false;
  }
  return true;
}

void fake_deepgram_speak::clear(vendor_connection& connection,
                                std::deque<speaking>& queue) {
  note_command("Clear");
  for (int i = 0; i < 3; ++i)
    connection.binary("stale audio");
  queue.clear();
  connection.text(R"({"type":"Cleared","sequence_id":1})");
}

} // namespace velox::test
