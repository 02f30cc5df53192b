#include "adapters/speech/recognizers/failures.hpp"
#include "adapters/speech/recognizers/judging_session.hpp"
#include "adapters/speech/recognizers/recognizers.hpp"
#include "protocol/deepgram_flux.hpp"
#include "protocol/g711.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace velox::speech {

namespace {

using std::chrono::steady_clock;

/// Without the caller's audio for so long, the vendor gets silence instead, in
/// pieces of 100 ms: its turns end on the clock of the audio.
constexpr net::milliseconds pause_of_audio{300};
constexpr net::milliseconds silence_step{100};
constexpr std::size_t silence_bytes = 800;

class flux_session final : public judging_session {
public:
  flux_session(net::outbound_ptr out, const recognition_client_actor& client,
               const flux_options& options)
    : judging_session(
      std::move(out), "flux", client,
      {options.patience, options.stalled,
       std::max(options.stalled,
                4 * net::milliseconds{options.eot_timeout_ms})}) {}

private:
  void send_audio(std::vector<uint8_t> mulaw) override {
    last_sent_ = steady_clock::now();
    judging_session::send_audio(std::move(mulaw));
  }

  void on_open(net::milliseconds waited) override {
    judging_session::on_open(waited);
    last_sent_ = steady_clock::now();
    feed_in(pause_of_audio);
  }

  bool on_text(std::string_view frame) override {
    auto event = parse_flux(frame);
    if (!event)
      return false;
    if (auto* turn = std::get_if<flux_turn_info>(&*event))
      on_turn(*turn);
    else if (auto* error = std::get_if<flux_error>(&*event))
      fail(meaning_of(error->code), error->code);
    if (!over_)
      settle();
    return true;
  }

  void on_turn(const flux_turn_info& x) {
    switch (x.event) {
      case flux_turn_event::start_of_turn:
        turns_.opened(x.turn_index);
        [[fallthrough]];
      case flux_turn_event::turn_resumed:
        eager_turn_.reset();
        return turns_.words(x.turn_index, x.transcript, turn_hint::open, list_);
      case flux_turn_event::update:
        return turns_.words(x.turn_index, x.transcript, hint_of(x.turn_index),
                            list_);
      case flux_turn_event::eager_end_of_turn:
        eager_turn_ = x.turn_index;
        return turns_.words(x.turn_index, x.transcript, turn_hint::likely_over,
                            list_);
      case flux_turn_event::end_of_turn:
        eager_turn_.reset();
        return turns_.over(x.turn_index, x.transcript, x.confidence, list_);
    }
  }

  /// Updates go on behind EagerEndOfTurn; only TurnResumed takes it back.
  turn_hint hint_of(int64_t turn) const {
    return eager_turn_ == turn ? turn_hint::likely_over : turn_hint::open;
  }

  static provider_errc meaning_of(std::string_view code) {
    return code == "INTERNAL_SERVER_ERROR" ? provider_errc::overloaded
                                           : provider_errc::broken;
  }

  std::string_view goodbye() const override { return flux_close_stream; }

  provider_errc meaning_of_close(int64_t code) const override {
    return close_meaning(code);
  }

  void stop_timers() override {
    judging_session::stop_timers();
    feeder_.reset();
  }

  void feed_in(net::milliseconds span) {
    feeder_ = after(span, &flux_session::on_feed);
  }

  void on_feed() {
    auto idle = std::chrono::duration_cast<net::milliseconds>(
      steady_clock::now() - last_sent_);
    if (!feeding_ && idle < pause_of_audio)
      return feed_in(pause_of_audio - idle);
    // Our own silence counts as sent; the caller's audio ends the pause.
    if (feeding_ && last_sent_ != last_fed_) {
      feeding_ = false;
      return feed_in(pause_of_audio);
    }
    feeding_ = true;
    send_audio(std::vector<uint8_t>(silence_bytes, mulaw_silence));
    last_fed_ = last_sent_;
    feed_in(silence_step);
  }

  std::optional<int64_t> eager_turn_; ///< seems complete to the vendor
  bool feeding_ = false;
  steady_clock::time_point last_sent_{};
  steady_clock::time_point last_fed_{};
  std::unique_ptr<net::timer> feeder_;
};

net::socket_request
handshake(const net::vendor_access& access, const flux_options& options,
          const recognizer_options& call) {
  flux_settings x;
  x.model = options.model;
  x.language = call.language;
  x.eot_threshold = options.eot_threshold;
  x.eager_eot_threshold = options.eager_eot_threshold;
  x.eot_timeout_ms = options.eot_timeout_ms;
  x.phrases = call.phrases;
  x.extra = options.extra;
  net::socket_request request;
  request.url = socket_url(access.base_url, deepgram_url, flux_target(x));
  if (!access.key.empty())
    request.headers.emplace_back("Authorization", "Token " + access.key);
  return request;
}

} // namespace

recognizer_factory flux_recognizer(net::vendor x, flux_options options) {
  return [x = std::move(x),
          options = std::move(options)](const recognizer_options& call,
                                        const recognition_client_actor& client)
           -> std::unique_ptr<speech_recognizer> {
    auto out = x.out();
    auto made = std::make_shared<flux_session>(out, client, options);
    made->connect_to(handshake(x.access(), options, call));
    return std::make_unique<session_handle>(std::move(out), std::move(made));
  };
}

} // namespace velox::speech
