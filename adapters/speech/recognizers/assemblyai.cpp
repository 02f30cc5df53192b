#include "adapters/speech/recognizers/failures.hpp"
#include "adapters/speech/recognizers/judging_session.hpp"
#include "adapters/speech/recognizers/recognizers.hpp"
#include "protocol/assemblyai_streaming.hpp"

#include <algorithm>
#include <chrono>

namespace velox::speech {

namespace {

using std::chrono::steady_clock;

class assemblyai_session final : public judging_session {
public:
  assemblyai_session(net::outbound_ptr out,
                     const recognition_client_actor& client,
                     const assemblyai_options& options)
    : judging_session(
      std::move(out), "assemblyai", client,
      {options.patience, options.stalled,
       std::max(options.stalled,
                4 * net::milliseconds{options.max_turn_silence_ms})}),
      keep_alive_(options.keep_alive) {}

private:
  /// Neither shorter nor longer messages than the vendor takes.
  void send_audio(std::vector<uint8_t> mulaw) override {
    last_sent_ = steady_clock::now();
    if (rest_.empty())
      rest_ = std::move(mulaw);
    else
      rest_.insert(rest_.end(), mulaw.begin(), mulaw.end());
    while (rest_.size() > assemblyai_max_audio) {
      // Half of the most, so that no rest is too short.
      auto cut = rest_.begin() + assemblyai_max_audio / 2;
      judging_session::send_audio({rest_.begin(), cut});
      rest_.erase(rest_.begin(), cut);
    }
    if (rest_.size() >= assemblyai_min_audio)
      judging_session::send_audio(std::exchange(rest_, {}));
  }

  void on_open(net::milliseconds waited) override {
    judging_session::on_open(waited);
    last_sent_ = steady_clock::now();
    beat_in(keep_alive_);
  }

  bool on_text(std::string_view frame) override {
    auto event = parse_assemblyai(frame);
    if (!event)
      return false;
    if (auto* turn = std::get_if<assemblyai_turn>(&*event)) {
      // A turn that is over comes again once it is formatted: `turns_` knows.
      if (turn->over)
        turns_.over(turn->order, turn->text, turn->confidence, list_);
      else
        turns_.words(turn->order, turn->text, turn_hint::open, list_);
    } else if (auto* error = std::get_if<assemblyai_error>(&*event)) {
      fail(assemblyai_meaning(error->code), std::to_string(error->code));
    }
    if (!over_)
      settle();
    return true;
  }

  /// What is over for us is over for the vendor.
  void on_stalled() override { send(assemblyai_force_endpoint); }

  std::string_view goodbye() const override { return assemblyai_terminate; }

  provider_errc meaning_of_close(int64_t code) const override {
    return assemblyai_meaning(code);
  }

  void stop_timers() override {
    judging_session::stop_timers();
    beat_.reset();
  }

  void beat_in(net::milliseconds span) {
    beat_ = after(span, &assemblyai_session::on_beat);
  }

  void on_beat() {
    auto idle = std::chrono::duration_cast<net::milliseconds>(
      steady_clock::now() - last_sent_);
    if (idle < keep_alive_)
      return beat_in(keep_alive_ - idle);
    last_sent_ = steady_clock::now();
    send(assemblyai_keep_alive);
    beat_in(keep_alive_);
  }

  const net::milliseconds keep_alive_;
  std::vector<uint8_t> rest_; ///< too short to be sent
  steady_clock::time_point last_sent_{};
  std::unique_ptr<net::timer> beat_;
};

net::socket_request
handshake(const net::vendor_access& access, const assemblyai_options& options,
          const recognizer_options& call) {
  assemblyai_settings x;
  x.model = options.model;
  x.language = call.language;
  x.format_turns = options.format_turns;
  x.end_of_turn_confidence_threshold = options.end_of_turn_confidence_threshold;
  x.min_turn_silence_ms = options.min_turn_silence_ms;
  x.max_turn_silence_ms = options.max_turn_silence_ms;
  x.phrases = call.phrases;
  x.extra = options.extra;
  net::socket_request request;
  request.url
    = socket_url(access.base_url, assemblyai_url, assemblyai_target(x));
  if (!access.key.empty())
    request.headers.emplace_back("Authorization", access.key);
  request.headers.emplace_back("AssemblyAI-Version", "2025-05-12");
  return request;
}

} // namespace

recognizer_factory
assemblyai_recognizer(net::vendor x, assemblyai_options options) {
  return [x = std::move(x),
          options = std::move(options)](const recognizer_options& call,
                                        const recognition_client_actor& client)
           -> std::unique_ptr<speech_recognizer> {
    auto out = x.out();
    auto made = std::make_shared<assemblyai_session>(out, client, options);
    made->connect_to(handshake(x.access(), options, call));
    return std::make_unique<session_handle>(std::move(out), std::move(made));
  };
}

} // namespace velox::speech
