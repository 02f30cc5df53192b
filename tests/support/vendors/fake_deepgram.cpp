#include "tests/support/vendors/fake_deepgram.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace velox::test {

namespace {

constexpr std::size_t step = 800;     ///< bytes: 100 ms
constexpr double longest_segment = 3; ///< seconds

/// What is wrong with a handshake; 101 when nothing is.
int judge(const vendor_request& x) {
  if (!x.header("authorization").starts_with("Token ")
      || x.header("authorization").size() < 7)
    return 401;
  for (auto name : {"interim_results", "vad_events", "smart_format"})
    if (auto value = x.parameter(name);
        !value.empty() && value != "true" && value != "false")
      return 400;
  if (x.path != "/v1/listen" || x.parameter("encoding") != "mulaw"
      || x.parameter("sample_rate") != "8000")
    return 400;
  auto gap = x.parameter("utterance_end_ms");
  if (!gap.empty()
      && (std::stoi(gap) < 1000 || x.parameter("interim_results") != "true"))
    return 400;
  return 101;
}

/// One stream.
class stream {
public:
  stream(stt_fake& self, const vendor_request& request, vendor_connection& to)
    : self_(self), plan_(self.plan()), to_(to), ear_(plan_.spellings),
      endpointing_(std::stoi("0" + request.parameter("endpointing"))),
      utterance_end_(std::stoi("0" + request.parameter("utterance_end_ms"))) {}

  void run() {
    while (true) {
      auto message = to_.receive(plan_.idle_limit);
      if (!message)
        return to_.close(1011, "Deepgram did not receive audio data or a text "
                               "message within the timeout window. See "
                               "https://dpgr.am/net0001");
      if (message->closed)
        return;
      if (message->binary ? !on_audio(message->data) : !on_text(message->data))
        return;
    }
  }

private:
  bool on_audio(std::string_view audio) {
    self_.note_audio(audio);
    if (audio.empty())
      return finish();
    for (std::size_t i = 0; i < audio.size(); i += step) {
      ear_.hear(audio.substr(i, step));
      words_ = std::max(words_, settled_words_ + ear_.words().size());
      if (!act_up(plan_, words_, to_))
        tell();
    }
    return true;
  }

  void tell() {
    if (ear_.voice() && !std::exchange(started_, true))
      to_.text(json_object{}
                 .add("type", "SpeechStarted")
                 .add_raw("channel", "[0,1]")
                 .add("timestamp", ear_.now())
                 .str());
    auto text = ear_.text();
    bool silent = plan_.endpoints && ear_.silence_ms() >= endpointing_;
    if (ear_.voice() && silent)
      results(true, true, false);
    else if (ear_.now() - ear_.since() >= longest_segment && !text.empty()
             && ear_.silence_ms() > 0)
      results(true, false, false);
    else if (!text.empty() && text != last_text_)
      results(false, false, false);
    last_text_ = ear_.text();
    if (last_word_ > 0 && plan_.endpoints
        && ear_.silence_ms() >= utterance_end_)
      to_.text(json_object{}
                 .add("type", "UtteranceEnd")
                 .add_raw("channel", "[0,1]")
                 .add("last_word_end", std::exchange(last_word_, 0))
                 .str());
  }

  void results(bool is_final, bool speech_final, bool from_finalize) {
    json_array words;
    for (auto& x : ear_.words()) {
      words.add(json_object{}
                  .add("word", x.text)
                  .add("start", x.start)
                  .add("end", x.end)
                  .add("confidence", 0.9)
                  .add("punctuated_word", x.text));
      last_word_ = x.end;
    }
    auto best = json_object{}
                  .add("transcript", ear_.text())
                  .add("confidence", ear_.text().empty() ? 0.0 : 0.9)
                  .add("words", words);
    to_.text(json_object{}
               .add("type", "Results")
               .add_raw("channel_index", "[0,1]")
               .add("duration", ear_.now() - ear_.since())
               .add("start", ear_.since())
               .add("is_final", is_final)
               .add("speech_final", speech_final)
               .add("channel",
                    json_object{}.add("alternatives", json_array{}.add(best)))
               .add("from_finalize", from_finalize)
               .str());
    if (!is_final)
      return;
    settled_words_ += ear_.words().size();
    started_ = started_ && !speech_final;
    ear_.forget();
  }

  bool on_text(std::string_view text) {
    self_.note_text(text);
    bool silent = act_up(plan_, words_, to_);
    if (text == R"({"type":"Finalize"})" && plan_.finalizes && !silent)
      results(true, false, true);
    return text == R"({"type":"CloseStream"})" ? finish() : true;
  }

  bool finish() {
    if (!ear_.text().empty())
      results(true, false, false);
    to_.text(json_object{}
               .add("type", "Metadata")
               .add("transaction_key", "deprecated")
               .add("request_id", "6f0c")
               .add("duration", ear_.now())
               .add("channels", 1)
               .str());
    to_.close(1000, "");
    return false;
  }

  stt_fake& self_;
  const stt_plan plan_;
  vendor_connection& to_;
  fake_ear ear_;
  const int64_t endpointing_;
  const int64_t utterance_end_;
  bool started_ = false;
  std::string last_text_;
  double last_word_ = 0;
  std::size_t settled_words_ = 0;
  std::size_t words_ = 0;
};

void serve(stt_fake& self, const vendor_request& request,
           vendor_connection& connection) {
  switch (judge(request)) {
    case 101: break;
    case 401:
      return connection.respond(
        401,
        R"({"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.",)"
        R"("request_id":"6f0c"})",
        {{"dg-error", "Invalid credentials."}, {"dg-request-id", "6f0c"}});
    default:
      return connection.respond(
        400, R"({"err_code":"Bad Request","err_msg":"no","request_id":"6f0c"})",
        {{"dg-request-id", "6f0c"}});
  }
  connection.accept({{"dg-request-id", "6f0c"}});
  stream{self, request, connection}.run();
}

} // namespace

fake_deepgram::fake_deepgram() : stt_fake(&serve) {}

} // namespace velox::test
