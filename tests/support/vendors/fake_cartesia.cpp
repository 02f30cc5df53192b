#include "tests/support/vendors/fake_cartesia.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <sstream>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

std::string words(int status) {
  return json_object{}
    .add("type", "error")
    .add("status_code", status)
    .add("done", true)
    .add("error_code", status == 401 ? "unauthorized" : "")
    .str();
}

json_object frame(std::string_view type, std::string_view context, bool done) {
  json_object result;
  result.add("type", type).add("context_id", context);
  result.add("status_code", 206).add("done", done);
  return result;
}

/// All words of `text`, a tenth of a second each.
json_object word_times(const std::string& text) {
  json_array all;
  json_array starts;
  json_array ends;
  std::istringstream in{text};
  int n = 0;
  for (std::string word; in >> word; ++n) {
    all.add(word);
    starts.add(n * 0.1);
    ends.add(n * 0.1 + 0.09);
  }
  return json_object{}.add("words", all).add("start", starts).add("end", ends);
}

} // namespace

fake_cartesia::fake_cartesia() {
  listen(
    [this](auto& request, auto& connection) { answer(request, connection); },
    words);
}

void fake_cartesia::answer(const vendor_request& request,
                           vendor_connection& connection) {
  if (request.header("x-api-key") != "test-key")
    return connection.respond(401, words(401));
  if (!request.is_websocket || request.path != "/tts/websocket"
      || request.header("cartesia-version").empty())
    return connection.respond(400, words(400));
  connection.accept();
  std::deque<speaking> queue;
  for (;;) {
    auto message = connection.receive(queue.empty() ? 10ms : 1ms);
    if (message && message->closed)
      return;
    if (message)
      hear(connection, message->data, queue);
    else
      say(connection, queue);
  }
}

void fake_cartesia::hear(vendor_connection& connection,
                         const std::string& message,
                         std::deque<speaking>& queue) {
  if (nonsense())
    return connection.text("{ none");
  rapidjson::Document document;
  read_json(message, document);
  auto name = member_of(message, "context_id");
  if (json_bool(document, "cancel").value_or(false)) {
    note_command("cancel " + name);
    for (auto& x : queue)
      x.stale = x.stale || x.context == name;
    std::erase_if(queue, [&](auto& x) { return x.stale && x.sent == 0; });
    return;
  }
  auto* format = json_member(document, "output_format");
  if (!format || json_text(*format, "encoding") != "pcm_mulaw"
      || json_integer(*format, "sample_rate") != 8000)
    return connection.text(words(400));
  auto text = member_of(message, "transcript");
  note_text(text);
  if (int status = refused_.exchange(0))
    return connection.text(json_object{}
                             .add("type", "error")
                             .add("context_id", name)
                             .add("done", true)
                             .add("status_code", status)
                             .str());
  queue.push_back(speak(name, text, audio_of(text)));
}

void fake_cartesia::say(vendor_connection& connection,
                        std::deque<speaking>& queue) {
  for (auto i = queue.begin(); i != queue.end();) {
    if (!may_send(*i, connection)) {
      ++i;
      continue;
    }
    if (i->sent == 0)
      connection.text(frame("timestamps", i->context, false)
                        .add("word_timestamps", word_times(i->text))
                        .str());
    auto& piece = i->pieces[i->sent++];
    connection.text(
      frame("chunk", i->context, false)
        .add("data",
             encode_base64(
               {reinterpret_cast<const uint8_t*>(piece.data()), piece.size()}))
        .str());
    if (i->sent < i->pieces.size()) {
      ++i;
      continue;
    }
    connection.text(frame("flush_done", i->context, false).str());
    connection.text(frame("done", i->context, true).str());
    i = queue.erase(i);
  }
}

} // namespace velox::test
