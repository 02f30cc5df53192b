#include "adapters/speech/recognizers/failures.hpp"
#include "adapters/speech/recognizers/recognizers.hpp"
#include "adapters/speech/recognizers/session.hpp"
#include "protocol/deepgram_listen.hpp"
#include "protocol/g711.hpp"

#include <chrono>

namespace velox::speech {

namespace {

using std::chrono::steady_clock;

/// Utterances without any frame of the vendor, in a row, after which it is
/// deaf.
constexpr int max_unanswered = 2;

/// How much quicker than speech a vendor works through what was kept for it.
constexpr int catch_up_factor = 8;

class deepgram_session final : public socket_session {
public:
  deepgram_session(net::outbound_ptr out,
                   const recognition_client_actor& client,
                   deepgram_options options)
    : socket_session(std::move(out), "deepgram", client),
      options_(std::move(options)) {}

  void began() override {
    if (over_)
      return;
    answered_ = false;
    utterances_.began();
  }

  void ended() override {
    if (over_)
      return;
    auto was_due = utterances_.due();
    if (utterances_.ended(list_)) {
      if (open())
        send(deepgram_finalize);
      else
        ++finalize_later_;
    }
    settle(was_due);
  }

private:
  void send_audio(std::vector<uint8_t> mulaw) override {
    last_sent_ = steady_clock::now();
    any_audio_ = true;
    socket_session::send_audio(std::move(mulaw));
  }

  void on_open(net::milliseconds waited) override {
    last_sent_ = steady_clock::now();
    for (; finalize_later_ > 0; --finalize_later_)
      send(deepgram_finalize);
    if (utterances_.due() > 0)
      wait(options_.patience + waited / catch_up_factor);
    beat_in(options_.keep_alive);
  }

  bool on_text(std::string_view frame) override {
    auto event = parse_deepgram_listen(frame);
    if (!event)
      return false;
    answered_ = true;
    unanswered_ = 0;
    auto was_due = utterances_.due();
    if (auto* results = std::get_if<deepgram_results>(&*event))
      utterances_.on(*results, list_);
    else if (auto* end = std::get_if<deepgram_utterance_end>(&*event))
      utterances_.on(*end, list_);
    else if (auto* error = std::get_if<deepgram_error>(&*event))
      fail(provider_errc::broken, error->code);
    if (!over_)
      settle(was_due);
    return true;
  }

  std::string_view goodbye() const override { return deepgram_close_stream; }

  provider_errc meaning_of_close(int64_t code) const override {
    return close_meaning(code);
  }

  void stop_timers() override {
    watchdog_.reset();
    beat_.reset();
  }

  /// Reports what there is, and watches over what is due.
  void settle(size_t was_due) {
    report(list_);
    auto due = utterances_.due();
    if (due == 0)
      watchdog_.reset();
    else if (open() && (due < was_due || !watchdog_))
      wait(options_.patience);
  }

  void wait(net::milliseconds span) {
    watchdog_ = after(span, &deepgram_session::on_late);
  }

  void on_late() {
    watchdog_.reset();
    if (!answered_ && ++unanswered_ >= max_unanswered)
      return fail({"stt", vendor_ + ": no word for whole utterances",
                   provider_errc::timed_out});
    auto was_due = utterances_.due();
    utterances_.give_up(list_);
    settle(was_due);
  }

  void beat_in(net::milliseconds span) {
    beat_ = after(span, &deepgram_session::on_beat);
  }

  void on_beat() {
    auto idle = std::chrono::duration_cast<net::milliseconds>(
      steady_clock::now() - last_sent_);
    if (idle < options_.keep_alive)
      return beat_in(options_.keep_alive - idle);
    last_sent_ = steady_clock::now();
    // A socket that has never had audio is not held by a KeepAlive.
    if (any_audio_)
      send(deepgram_keep_alive);
    else
      send_audio(std::vector<uint8_t>(800, mulaw_silence));
    beat_in(options_.keep_alive);
  }

  const deepgram_options options_;
  deepgram_utterances utterances_;
  recognised_list list_;
  size_t finalize_later_ = 0; ///< asked for before the socket was open
  bool answered_ = true;      ///< a frame came since the utterance began
  int unanswered_ = 0;        ///< utterances, in a row
  bool any_audio_ = false;
  steady_clock::time_point last_sent_{};
  std::unique_ptr<net::timer> watchdog_;
  std::unique_ptr<net::timer> beat_;
};

net::socket_request
handshake(const net::vendor_access& access, const deepgram_options& options,
          const recognizer_options& call) {
  deepgram_listen_settings x;
  x.model = options.model;
  x.language = call.language;
  x.endpointing_ms = options.endpointing_ms;
  x.utterance_end_ms = options.utterance_end_ms;
  x.interim_results = options.interim_results;
  x.vad_events = options.vad_events;
  x.smart_format = options.smart_format;
  x.phrases = call.phrases;
  x.extra = options.extra;
  net::socket_request request;
  request.url
    = socket_url(access.base_url, deepgram_url, deepgram_listen_target(x));
  if (!access.key.empty())
    request.headers.emplace_back("Authorization", "Token " + access.key);
  return request;
}

} // namespace

recognizer_factory
deepgram_recognizer(net::vendor x, deepgram_options options) {
  return [x = std::move(x),
          options = std::move(options)](const recognizer_options& call,
                                        const recognition_client_actor& client)
           -> std::unique_ptr<speech_recognizer> {
    auto out = x.out();
    auto made = std::make_shared<deepgram_session>(out, client, options);
    made->connect_to(handshake(x.access(), options, call));
    return std::make_unique<session_handle>(std::move(out), std::move(made));
  };
}

} // namespace velox::speech
