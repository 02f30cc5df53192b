#include "tests/integration/phone_vendors.hpp"

#include "adapters/cli/caller_script.hpp"
#include "protocol/json.hpp"
#include "tests/support/eventually.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <sstream>
#include <thread>
#include <utility>

namespace velox::test {

namespace {

using namespace std::chrono_literals;

/// Bytes per character of what is spoken: 20 ms.
constexpr size_t letter = 160;

/// Bytes of one message of the voice, and its pace.
constexpr size_t piece = 800;
constexpr milliseconds pace = 50ms;

std::string text_of(std::string_view json, std::string_view name) {
  rapidjson::Document document;
  if (read_json(json, document) != json_error::none)
    return {};
  return std::string{json_text(document, name).value_or("")};
}

std::string deepgram_error(std::string_view code) {
  return json_object{}
    .add("err_code", code)
    .add("err_msg", "No.")
    .add("request_id", "f8b1")
    .str();
}

bool voiced(std::string_view mulaw) {
  return cli::voiced(
    {reinterpret_cast<const uint8_t*>(mulaw.data()), mulaw.size()});
}

} // namespace

// -- keys ---------------------------------------------------------------------

bool key_ring::has(std::string_view key) const {
  std::lock_guard guard{mutex_};
  return keys_.count(std::string{key}) > 0;
}

void key_ring::replace(std::set<std::string> keys) {
  std::lock_guard guard{mutex_};
  keys_ = std::move(keys);
}

std::string credentials_of(const vendor_request& x) {
  auto value = x.header("authorization");
  for (std::string_view scheme : {"Bearer ", "Token "})
    if (value.starts_with(scheme))
      return value.substr(scheme.size());
  return {};
}

namespace {

/// Shows its own key to those who showed one of the others.
class keyed_wire : public model_wire {
public:
  keyed_wire(std::unique_ptr<model_wire> inner, const key_ring& keys)
    : inner_(std::move(inner)), keys_(keys) {}

  std::string content_type() const override { return inner_->content_type(); }
  std::string opening() const override { return inner_->opening(); }
  std::string text(std::string_view x) const override {
    return inner_->text(x);
  }
  std::vector<std::string>
  calls(const std::vector<tool_call>& x) const override {
    return inner_->calls(x);
  }
  std::string closing(fake_end end, bool called) const override {
    return inner_->closing(end, called);
  }
  std::string error_in_stream() const override {
    return inner_->error_in_stream();
  }
  std::string error_body(int status) const override {
    return inner_->error_body(status);
  }

  std::optional<std::pair<int, std::string>>
  complaint(const vendor_request& x) const override {
    auto shown = x;
    for (auto& [name, value] : shown.headers)
      if (keys_.has(value))
        value = "test-key";
      else if (keys_.has(credentials_of(x))
               && value == x.header("authorization"))
        value = "Bearer test-key";
    return inner_->complaint(shown);
  }

private:
  std::unique_ptr<model_wire> inner_;
  const key_ring& keys_;
};

} // namespace

std::unique_ptr<model_wire>
with_keys(std::unique_ptr<model_wire> wire, const key_ring& keys) {
  return std::make_unique<keyed_wire>(std::move(wire), keys);
}

// -- the ears -----------------------------------------------------------------

/// One stream, judged in frames of 20 ms.
class phone_ears::session {
public:
  session(phone_ears& owner, vendor_connection& peer)
    : owner_(owner), peer_(peer) {
    std::lock_guard guard{owner_.mutex_};
    index_ = owner_.audio_.size();
    owner_.audio_.emplace_back();
  }

  void run() {
    while (auto message = peer_.receive(10s)) {
      if (message->closed)
        return;
      if (message->binary)
        hear(message->data);
      else if (!obey(text_of(message->data, "type")))
        return;
    }
    peer_.close(1011, "no audio: NET-0001");
  }

private:
  static constexpr int spoken_enough = 10; ///< frames with voice
  static constexpr int end_of_speech = 25; ///< frames without

  void hear(std::string_view audio) {
    {
      std::lock_guard guard{owner_.mutex_};
      owner_.audio_[index_] += audio;
    }
    rest_ += audio;
    size_t at = 0;
    for (; rest_.size() - at >= cli::frame_size; at += cli::frame_size)
      judge(std::string_view{rest_}.substr(at, cli::frame_size));
    rest_.erase(0, at);
  }

  void judge(std::string_view frame) {
    now_ += 0.02;
    if (voiced(frame)) {
      silent_ = 0;
      if (++spoken_ == 1)
        peer_.text(json_object{}
                     .add("type", "SpeechStarted")
                     .add_raw("channel", "[0,1]")
                     .add("timestamp", now_)
                     .str());
      else if (spoken_ == spoken_enough)
        on_words();
    } else if (spoken_ > 0 && ++silent_ == end_of_speech) {
      finish(true, false);
    }
  }

  void on_words() {
    if (owner_.reset_.exchange(false)) {
      peer_.reset();
      throw vendor_gone{};
    }
    results(current(), false, false, false);
  }

  /// The utterance is over, or what there is of it is wanted now.
  void finish(bool speech_final, bool finalize) {
    std::string said;
    if (spoken_ >= spoken_enough) {
      said = current();
      std::lock_guard guard{owner_.mutex_};
      if (!owner_.utterances_.empty())
        owner_.utterances_.pop_front();
    }
    spoken_ = 0;
    silent_ = 0;
    results(said, true, speech_final, finalize);
    since_ = now_;
  }

  std::string current() const {
    std::lock_guard guard{owner_.mutex_};
    return owner_.utterances_.empty() ? "" : owner_.utterances_.front();
  }

  void results(const std::string& text, bool is_final, bool speech_final,
               bool finalize) {
    json_array words;
    std::istringstream pieces{text};
    for (std::string word; pieces >> word;)
      words.add(json_object{}
                  .add("word", word)
                  .add("start", since_)
                  .add("end", now_)
                  .add("confidence", 0.98)
                  .add("punctuated_word", word));
    auto best = json_object{}
                  .add("transcript", text)
                  .add("confidence", text.empty() ? 0.0 : 0.98)
                  .add("words", words);
    peer_.text(json_object{}
                 .add("type", "Results")
                 .add_raw("channel_index", "[0,1]")
                 .add("duration", now_ - since_)
                 .add("start", since_)
                 .add("is_final", is_final)
                 .add("speech_final", speech_final)
                 .add("channel",
                      json_object{}.add("alternatives", json_array{}.add(best)))
                 .add("from_finalize", finalize)
                 .str());
  }

  bool obey(std::string_view order) {
    if (order == "Finalize")
      finish(false, true);
    if (order != "CloseStream")
      return true;
    peer_.text(R"({"type":"Metadata","request_id":"6f0c","channels":1})");
    peer_.close(1000, "");
    return false;
  }

  phone_ears& owner_;
  vendor_connection& peer_;
  size_t index_ = 0;
  std::string rest_;
  int spoken_ = 0;
  int silent_ = 0;
  double now_ = 0;
  double since_ = 0;
};

phone_ears::phone_ears(std::set<std::string> keys, bool tls)
  : keys_(std::move(keys)),
    server_(std::make_unique<fake_vendor>(
      [this](auto& request, auto& peer) { answer(request, peer); }, tls)) {}

void phone_ears::answer(const vendor_request& request,
                        vendor_connection& peer) {
  if (!keys_.has(credentials_of(request)))
    return peer.respond(401, deepgram_error("INVALID_AUTH"));
  if (request.path != "/v1/listen" || !request.is_websocket
      || request.parameter("encoding") != "mulaw"
      || request.parameter("sample_rate") != "8000")
    return peer.respond(400, deepgram_error("Bad Request"));
  peer.accept({{"dg-request-id", "6f0c"}});
  session{*this, peer}.run();
}

void phone_ears::expect(std::vector<std::string> utterances) {
  std::lock_guard guard{mutex_};
  utterances_.insert(utterances_.end(), utterances.begin(), utterances.end());
}

std::vector<std::string> phone_ears::audio() const {
  std::lock_guard guard{mutex_};
  return audio_;
}

bool phone_ears::wait_until_done() const {
  return eventually([this] {
    std::lock_guard guard{mutex_};
    return utterances_.empty();
  });
}

// -- the voice ----------------------------------------------------------------

phone_voice::phone_voice(std::set<std::string> keys, bool tls)
  : keys_(std::move(keys)),
    server_(std::make_unique<fake_vendor>(
      [this](auto& request, auto& peer) { answer(request, peer); }, tls)) {}

void phone_voice::die_at(std::string words) {
  std::lock_guard guard{mutex_};
  deadly_ = std::move(words);
}

bool phone_voice::dies_at(std::string_view text) const {
  std::lock_guard guard{mutex_};
  return !deadly_.empty() && text.find(deadly_) != text.npos;
}

std::string phone_voice::audio_of(std::string_view text) {
  uint32_t state = 2166136261;
  for (char c : text)
    state = (state ^ static_cast<uint8_t>(c)) * 16777619;
  std::string result(text.size() * letter, '\0');
  for (auto& byte : result) {
    state = state * 1664525 + 1013904223;
    // Both signs, the louder half of what there is, never a pause.
    byte = static_cast<char>((state >> 24 & 0x80) | (state >> 16 & 0x3F));
  }
  return result;
}

std::vector<std::string> phone_voice::texts() const {
  std::lock_guard guard{mutex_};
  return texts_;
}

bool phone_voice::was_asked(std::string_view words) const {
  auto all = texts();
  return std::any_of(all.begin(), all.end(),
                     [&](auto& x) { return x.find(words) != x.npos; });
}

void phone_voice::note(const std::string& text) {
  std::lock_guard guard{mutex_};
  texts_.push_back(text);
}

void phone_voice::answer(const vendor_request& request,
                         vendor_connection& peer) {
  if (!keys_.has(credentials_of(request)))
    return peer.respond(401, deepgram_error("INVALID_AUTH"));
  if (request.path != "/v1/speak" || request.parameter("encoding") != "mulaw"
      || request.parameter("sample_rate") != "8000"
      || request.parameter("model").empty())
    return peer.respond(400, deepgram_error("INVALID_QUERY_PARAMETER"));
  if (request.is_websocket)
    return serve(peer);
  post(text_of(request.body, "text"), peer);
}

void phone_voice::post(const std::string& text, vendor_connection& peer) {
  note(text);
  auto audio = audio_of(text);
  peer.begin(200, {{"content-type", "audio/mulaw;rate=8000"}});
  if (dies_at(text)) {
    peer.piece(audio.substr(0, audio.size() / 2));
    return peer.reset();
  }
  peer.piece(audio);
  peer.end();
}

void phone_voice::serve(vendor_connection& peer) {
  peer.accept();
  peer.text(R"({"type":"Metadata","request_id":"f8b1"})");
  std::string waiting; ///< audio that was not sent
  size_t dead_end = 0; ///< resets when only so much waits; 0: never
  bool flush = false;
  while (true) {
    // Any message may come between two pieces.
    auto message = peer.receive(flush ? pace : 10s);
    if (message && message->closed) {
      cancelled_ += flush;
      return;
    }
    if (message) {
      auto type = text_of(message->data, "type");
      auto text = text_of(message->data, "text");
      if (type == "Speak") {
        note(text);
        waiting += audio_of(text);
        if (dies_at(text))
          dead_end = waiting.size() / 2;
      } else if (type == "Flush") {
        flush = true;
      } else if (type == "Clear") {
        cancelled_ += flush;
        flush = false;
        waiting.clear();
        peer.text(R"({"type":"Cleared","sequence_id":1})");
      } else if (type == "Close") {
        return peer.close(1000, "");
      }
      continue;
    }
    if (!flush)
      continue;
    peer.binary(waiting.substr(0, piece));
    waiting.erase(0, piece);
    if (dead_end > 0 && waiting.size() < dead_end)
      return peer.reset();
    if (waiting.empty()) {
      flush = false;
      peer.text(R"({"type":"Flushed","sequence_id":0})");
    }
  }
}

} // namespace velox::test
