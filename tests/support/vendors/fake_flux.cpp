#include "tests/support/vendors/fake_flux.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace velox::test {

namespace {

constexpr std::size_t step = 400;        ///< bytes: 50 ms
constexpr double update_interval = 0.25; ///< seconds

class stream {
public:
  stream(stt_fake& self, const vendor_request& request, vendor_connection& to)
    : self_(self), plan_(self.plan()), to_(to), ear_(plan_.spellings),
      eager_(!request.parameter("eager_eot_threshold").empty()) {}

  void run() {
    if (!plan_.deaf)
      to_.text(json_object{}
                 .add("type", "Connected")
                 .add("request_id", "6f0c")
                 .add("sequence_id", sequence_++)
                 .str());
    while (auto message = to_.receive(plan_.idle_limit)) {
      if (message->closed)
        return;
      if (message->binary) {
        on_audio(message->data);
        continue;
      }
      self_.note_text(message->data);
      if (message->data == R"({"type":"CloseStream"})")
        break;
    }
    to_.close(1000, "");
  }

private:
  void on_audio(std::string_view audio) {
    self_.note_audio(audio);
    for (std::size_t i = 0; i < audio.size(); i += step) {
      ear_.hear(audio.substr(i, step));
      words_ = std::max(words_, ended_words_ + ear_.words().size());
      if (!act_up(plan_, words_, to_))
        tell();
    }
  }

  void tell() {
    auto text = ear_.text();
    if (!text.empty() && !std::exchange(open_, true))
      return turn("StartOfTurn", text);
    if (open_ && plan_.endpoints && ear_.silence_ms() >= plan_.end_ms) {
      if (eager_text_ && *eager_text_ != text)
        turn("TurnResumed", text);
      turn("EndOfTurn", text);
      ended_words_ += ear_.words().size();
      ear_.forget();
      ++index_;
      open_ = false;
      eager_text_.reset();
      return;
    }
    if (eager_text_ && ear_.silence_ms() == 0) {
      eager_text_.reset();
      return turn("TurnResumed", text);
    }
    if (open_ && eager_ && !eager_text_
        && ear_.silence_ms() >= plan_.end_ms / 2) {
      eager_text_ = text;
      return turn("EagerEndOfTurn", text);
    }
    if (ear_.now() - last_update_ >= update_interval)
      turn("Update", text);
  }

  void turn(std::string_view event, const std::string& text) {
    json_array words;
    for (auto& x : ear_.words())
      words.add(json_object{}.add("word", x.text).add("confidence", 0.9));
    last_update_ = ear_.now();
    to_.text(json_object{}
               .add("type", "TurnInfo")
               .add("request_id", "6f0c")
               .add("sequence_id", sequence_++)
               .add("event", event)
               .add("turn_index", index_)
               .add("audio_window_start", ear_.since())
               .add("audio_window_end", ear_.now())
               .add("transcript", text)
               .add("words", words)
               .add("end_of_turn_confidence", event == "EndOfTurn" ? 0.86 : 0.1)
               .str());
  }

  stt_fake& self_;
  const stt_plan plan_;
  vendor_connection& to_;
  fake_ear ear_;
  const bool eager_;
  int64_t sequence_ = 0;
  int64_t index_ = 0;
  bool open_ = false;
  std::optional<std::string> eager_text_;
  double last_update_ = 0;
  std::size_t ended_words_ = 0;
  std::size_t words_ = 0;
};

void serve(stt_fake& self, const vendor_request& request,
           vendor_connection& connection) {
  if (!request.header("authorization").starts_with("Token "))
    return connection.respond(
      401, R"({"err_code":"INVALID_AUTH","err_msg":"no","request_id":"6f0c"})",
      {{"dg-request-id", "6f0c"}});
  if (request.path != "/v2/listen"
      || !request.parameter("model").starts_with("flux-general-")
      || request.parameter("encoding") != "mulaw"
      || request.parameter("sample_rate") != "8000")
    return connection.respond(400, R"({"category":"INVALID_QUERY"})");
  connection.accept({{"dg-request-id", "6f0c"}});
  stream{self, request, connection}.run();
}

} // namespace

fake_flux::fake_flux() : stt_fake(&serve) {}

} // namespace velox::test
