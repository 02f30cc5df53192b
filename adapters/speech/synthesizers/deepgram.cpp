#include "adapters/speech/synthesizers/http_voice.hpp"
#include "adapters/speech/synthesizers/socket_voice.hpp"
#include "adapters/speech/synthesizers/voices.hpp"
#include "protocol/deepgram_speak.hpp"

#include <deque>

namespace velox::speech {

namespace {

using namespace std::chrono_literals;

constexpr const char* vendor_name = "deepgram";

/// A little less than Deepgram takes: its clock is not ours.
constexpr size_t flushes_per_minute = deepgram_flushes_per_minute - 1;

net::header_list authorization(const net::vendor_access& access) {
  if (access.key.empty())
    return {};
  return {{"Authorization", "Token " + access.key}};
}

/// One sentence at a time: a Clear drops all that the vendor has.
class deepgram_socket : public socket_voice {
public:
  deepgram_socket(net::outbound_ptr out, const synthesis_client_actor& client,
                  const voice_options& options,
                  std::function<net::vendor_access()> access, std::string voice)
    : socket_voice(vendor_name, std::move(out), client, {deepgram_speak_limit},
                   options, std::move(access)),
      voice_(std::move(voice)) {}

private:
  size_t width() const override { return 1; }

  bool holding(uint64_t id) const override {
    return flush_later_ && id == current_;
  }

  net::socket_request request(const net::vendor_access& access) override {
    net::socket_request result;
    result.url = socket_url(
      join_url(access.base_url, "/v1", deepgram_speak_socket_target(voice_)));
    result.headers = authorization(access);
    return result;
  }

  std::string error_code(std::string_view body) override {
    return deepgram_speak_error(body);
  }

  void forget() override {
    current_ = 0;
    clears_ = 0;
    stale_flushes_ = 0;
    flush_later_.reset();
    flushes_.clear(); // they are counted per connection
  }

  void speak(uint64_t id, const std::string& text) override {
    current_ = id;
    sounded_ = false;
    flushed_ = false;
    write(deepgram_speak_text(text));
    flush();
  }

  /// Asks for the rest of the sentence, as soon as the quota allows: a Flush
  /// above it is ignored, and nothing would ever tell where the sentence ends.
  void flush() {
    auto now = clock::now();
    while (!flushes_.empty() && now - flushes_.front() > 61s)
      flushes_.pop_front();
    if (flushes_.size() < flushes_per_minute) {
      flushes_.push_back(now);
      flushed_ = true;
      write(deepgram_speak_flush());
      return;
    }
    auto wait
      = std::chrono::ceil<net::milliseconds>(flushes_.front() + 61s - now);
    flush_later_ = out().after(wait + 1ms, [self = weak<deepgram_socket>()] {
      auto session = self.lock();
      if (!session || session->over() || !session->flush_later_)
        return;
      auto fired = std::move(session->flush_later_);
      session->flush();
    });
  }

  void stop(uint64_t id) override {
    if (id != current_)
      return;
    flush_later_.reset();
    write(deepgram_speak_clear());
    ++clears_;
    stale_flushes_ += flushed_ ? 1 : 0;
    current_ = 0;
  }

  void on_binary(std::string_view audio) override {
    // Until Cleared it is what was cancelled.
    if (clears_ > 0 || current_ == 0)
      return;
    sounded_ = true;
    heard(current_,
          {reinterpret_cast<const uint8_t*>(audio.data()), audio.size()});
  }

  void on_text(std::string_view text) override {
    auto message = parse_deepgram_speak(text);
    switch (message.kind) {
      case deepgram_speak_event::flushed: on_flushed(); break;
      case deepgram_speak_event::cleared: clears_ -= clears_ > 0 ? 1 : 0; break;
      case deepgram_speak_event::error:
        fail(failure_of(name(), message.code));
        break;
      case deepgram_speak_event::malformed:
        fail({provider_errc::broken, name()
                                       + ": a message that makes no "
                                         "sense"});
        break;
      default: break;
    }
  }

  /// The end of the sentence, unless it is the late one of a cancelled one.
  void on_flushed() {
    if (stale_flushes_ > 0 && (clears_ > 0 || !sounded_)) {
      --stale_flushes_;
      return;
    }
    if (clears_ > 0 || current_ == 0)
      return;
    auto id = current_;
    current_ = 0;
    stale_flushes_ = 0;
    done(id);
  }

  const std::string voice_;
  uint64_t current_ = 0;     ///< the utterance at the vendor; 0: none
  bool sounded_ = false;     ///< some of its audio has come
  bool flushed_ = false;     ///< its Flush is out
  size_t clears_ = 0;        ///< without their Cleared
  size_t stale_flushes_ = 0; ///< of cancelled utterances, unanswered
  std::deque<clock::time_point> flushes_;
  std::unique_ptr<net::timer> flush_later_;
};

http_recipe recipe(std::string voice) {
  http_recipe result;
  result.ask = [voice = std::move(voice)](const net::vendor_access& access,
                                          const std::string& text) {
    auto request = json_post(
      join_url(access.base_url, "/v1", deepgram_speak_target(voice)),
      deepgram_speak_body(text));
    for (auto& header : authorization(access))
      request.headers.push_back(header);
    return request;
  };
  result.reader = [](const net::response_head&) { return make_plain_reader(); };
  result.error_code = deepgram_speak_error;
  return result;
}

} // namespace

synthesizer_factory deepgram_voice(net::vendor vendor, voice_options options) {
  return [vendor = std::move(vendor),
          options = std::move(options)](const synthesizer_options& wanted,
                                        const synthesis_client_actor& client) {
    auto voice = voice_for(vendor_name, wanted);
    auto out = vendor.out();
    std::shared_ptr<voice_session> session;
    if (options.transport == voice_transport::http)
      session = std::make_shared<http_voice>(
        vendor_name, out, client, text_limit{deepgram_speak_limit}, options,
        vendor.access, recipe(voice));
    else
      session = std::make_shared<deepgram_socket>(out, client, options,
                                                  vendor.access, voice);
    session->write_with(
      {wanted.pronunciations, wanted.language, voice_markup::none});
    return make_voice_handle(std::move(session), std::move(out));
  };
}

} // namespace velox::speech
