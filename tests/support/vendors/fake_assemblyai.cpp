#include "tests/support/vendors/fake_assemblyai.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace velox::test {

namespace {

constexpr std::size_t step = 800; ///< bytes: 100 ms

class stream {
public:
  stream(stt_fake& self, const vendor_request& request, vendor_connection& to)
    : self_(self), plan_(self.plan()), to_(to), ear_(plan_.spellings),
      formats_(request.parameter("format_turns") == "true") {}

  void run() {
    if (!plan_.deaf)
      to_.text(json_object{}
                 .add("type", "Begin")
                 .add("id", "0f1e")
                 .add("expires_at", 1767225600)
                 .str());
    while (auto message = to_.receive(plan_.idle_limit)) {
      if (message->closed)
        return;
      if (message->binary ? !on_audio(message->data) : !on_text(message->data))
        return;
    }
    to_.close(4031, "idle");
  }

private:
  bool on_audio(std::string_view audio) {
    self_.note_audio(audio);
    if (audio.size() < 400 || audio.size() > 8000) {
      to_.text(R"({"type":"Error","error_code":3007,"error":"duration"})");
      to_.close(3007, "audio chunk duration violation");
      return false;
    }
    for (std::size_t i = 0; i < audio.size(); i += step) {
      ear_.hear(audio.substr(i, step));
      words_ = std::max(words_, ended_words_ + ear_.words().size());
      if (!act_up(plan_, words_, to_))
        tell();
    }
    return true;
  }

  bool on_text(std::string_view text) {
    self_.note_text(text);
    if (text == R"({"type":"ForceEndpoint"})" && !ear_.text().empty()
        && !act_up(plan_, words_, to_))
      end_turn();
    if (text != R"({"type":"Terminate"})")
      return true;
    to_.text(json_object{}
               .add("type", "Termination")
               .add("audio_duration_seconds", 9)
               .add("session_duration_seconds", 10)
               .str());
    to_.close(1000, "");
    return false;
  }

  void tell() {
    auto text = ear_.text();
    if (text.empty())
      return;
    if (plan_.endpoints && ear_.silence_ms() >= plan_.end_ms)
      end_turn();
    else if (std::exchange(last_text_, text) != text)
      turn(false, false);
  }

  void end_turn() {
    turn(true, false);
    if (formats_)
      turn(true, true);
    ended_words_ += ear_.words().size();
    ear_.forget();
    last_text_.clear();
    ++order_;
  }

  /// The transcript of a turn under way lacks its last word, which may change.
  void turn(bool over, bool formatted) {
    json_array words;
    std::string settled;
    auto all = ear_.words();
    for (std::size_t i = 0; i < all.size(); ++i) {
      bool sure = over || i + 1 < all.size();
      words.add(json_object{}
                  .add("text", all[i].text)
                  .add("start", static_cast<int64_t>(all[i].start * 1000))
                  .add("end", static_cast<int64_t>(all[i].end * 1000))
                  .add("confidence", 0.9)
                  .add("word_is_final", sure));
      if (sure)
        settled += (settled.empty() ? "" : " ") + all[i].text;
    }
    if (formatted)
      settled += '.';
    to_.text(json_object{}
               .add("type", "Turn")
               .add("turn_order", order_)
               .add("turn_is_formatted", formatted)
               .add("end_of_turn", over)
               .add("transcript", settled)
               .add("utterance", "")
               .add("end_of_turn_confidence", over ? 0.8 : 0.1)
               .add("words", words)
               .str());
  }

  stt_fake& self_;
  const stt_plan plan_;
  vendor_connection& to_;
  fake_ear ear_;
  const bool formats_;
  int64_t order_ = 0;
  std::string last_text_;
  std::size_t ended_words_ = 0;
  std::size_t words_ = 0;
};

void serve(stt_fake& self, const vendor_request& request,
           vendor_connection& connection) {
  if (request.header("authorization").empty())
    return connection.respond(401, R"({"error":"Not authorized"})");
  if (request.path != "/v3/ws" || request.parameter("encoding") != "pcm_mulaw"
      || request.parameter("sample_rate") != "8000")
    return connection.respond(400, R"({"error":"invalid"})");
  connection.accept();
  stream{self, request, connection}.run();
}

} // namespace

fake_assemblyai::fake_assemblyai() : stt_fake(&serve) {}

} // namespace velox::test
