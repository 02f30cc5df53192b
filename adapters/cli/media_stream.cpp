#include "adapters/cli/media_stream.hpp"

#include "adapters/cli/playout.hpp"
#include "protocol/stream_token.hpp"
#include "protocol/twilio_peer.hpp"
#include "protocol/twilio_signature.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <csignal>
#include <fmt/format.h>

namespace velox::cli {

namespace {

using namespace std::chrono_literals;

/// How long the engine may take to answer our close frame and to let go of the
/// connection (RFC 6455, 7.1.1: the server does that first).
constexpr auto close_timeout = 1s;

/// Close codes by which an engine says that we, or it, broke the protocol
/// (RFC 6455, 7.4.1).
bool blames_protocol(uint16_t code) {
  return code == 1002 || code == 1003 || (code >= 1007 && code <= 1009);
}

class media_stream {
public:
  media_stream(const media_stream_options& options, call_progress& call,
               call_reporter& reporter)
    : options_(options), call_(call), reporter_(reporter),
      writer_("MZ" + random_hex(16)) {}

  stream_outcome run() {
    media_socket_options to{.url = options_.url,
                            .signature = sign_twilio_request(
                              options_.auth_token, options_.signed_url),
                            .insecure = options_.insecure};
    socket_ = open_media_socket(io_, to);
    opened_ = call_.now();
    reporter_.stream_opened(opened_, options_.url, writer_.stream_sid());
    signals_.async_wait([this](auto ec, int) {
      if (!ec)
        hang_up("interrupted by the user");
    });
    socket_->read([this](std::string_view text) { on_frame(text); },
                  [this](socket_end end) { on_end(std::move(end)); });
    greet();
    catch_up_recording();
    wait_for_frame();
    io_.restart();
    io_.run();
    if (call_.ear.stop() == agent_ear::change::ended)
      on_agent_ended();
    return std::move(outcome_);
  }

private:
  // -- what the carrier sends -------------------------------------------------

  template <class Append>
  void send(Append append) {
    std::string text;
    append(text);
    socket_->send(std::move(text));
  }

  void greet() {
    send([this](std::string& out) { writer_.append_connected(out); });
    twilio_start start;
    start.account_sid = options_.account_sid;
    start.call_sid = options_.call_id;
    start.parameters = options_.parameters;
    send([&](std::string& out) { writer_.append_start(out, start); });
  }

  /// Frames are due at fixed times, so that a late one does not shift the next.
  void wait_for_frame() {
    timer_.expires_at(call_.began + opened_ + (frames_ + 1) * frame_length);
    timer_.async_wait([this](auto ec) {
      if (ec || closing_)
        return;
      auto due = opened_ + (frames_ + 1) * frame_length;
      for (auto now = call_.now(); due <= now && !closing_;
           due += frame_length) {
        auto& latest = call_.summary.latest_frame;
        latest = std::max(latest, now - due);
        on_frame_due(due);
      }
      if (!closing_)
        wait_for_frame();
    });
  }

  /// One frame of 20 ms in each direction; `at` is the time at its end.
  void on_frame_due(call_time at) {
    auto timestamp = static_cast<uint64_t>(frames_++ * frame_length.count());
    listen(at - frame_length);
    auto does = call_.script.next(call_.ear, at - frame_length);
    if (does.began)
      reporter_.caller_began(at - frame_length, *does.began);
    send([&](std::string& out) {
      writer_.append_media(out, timestamp, does.audio);
    });
    ++call_.summary.frames_sent;
    auto& recording = call_.caller_audio;
    recording.insert(recording.end(), does.audio.begin(), does.audio.end());
    if (does.digit) {
      send([&](std::string& out) { writer_.append_dtmf(out, *does.digit); });
      reporter_.dtmf(at, *does.digit);
    }
    if (does.ended)
      reporter_.caller_ended(at, *does.ended);
    if (does.hang_up)
      hang_up("caller hung up, all being said");
    else if (at >= options_.deadline)
      hang_up("caller hung up, time being up");
  }

  // -- what the caller hears --------------------------------------------------

  void listen(call_time at) {
    audio_frame frame;
    playout_.play_out(frame);
    call_.agent_audio.insert(call_.agent_audio.end(), frame.begin(),
                             frame.end());
    return_marks(at + frame_length, false);
    if (voiced(frame))
      call_.summary.agent_spoke += frame_length;
    auto& ear = call_.ear;
    switch (ear.hear(frame, playout_.buffered() > 0, at)) {
      case agent_ear::change::none: break;
      case agent_ear::change::started: on_agent_started(); break;
      case agent_ear::change::ended: on_agent_ended(); break;
    }
  }

  void on_agent_started() {
    auto began = *call_.ear.began();
    auto silent = call_.script.last_spoke();
    std::optional<call_time> latency;
    // Only the first sound after the caller's words is the answer to them.
    if (silent && silent != call_.timed && began >= *silent) {
      call_.timed = silent;
      latency = began - *silent;
      call_.summary.latencies.push_back(*latency);
    }
    reporter_.agent_started(began, latency);
  }

  void on_agent_ended() {
    const auto& ear = call_.ear;
    reporter_.agent_ended(*ear.last_heard(), *ear.last_heard() - *ear.began());
  }

  void return_marks(call_time at, bool cleared) {
    for (const auto& name : playout_.take_reached()) {
      send([&](std::string& out) { writer_.append_mark(out, name); });
      reporter_.mark(at, name, cleared);
      ++call_.summary.marks;
    }
  }

  // -- what the engine sends --------------------------------------------------

  void on_frame(std::string_view text) {
    if (closing_)
      return;
    engine_frame frame;
    std::vector<uint8_t> audio;
    if (auto error = parse_engine_frame(text, frame, audio))
      return complain(to_text(error));
    std::visit(
      [&](const auto& x) {
        if (x.stream_sid != writer_.stream_sid())
          complain("the engine sent a frame with a foreign streamSid");
        else
          on_engine(x, audio);
      },
      frame);
  }

  void on_engine(const engine_media&, const std::vector<uint8_t>& audio) {
    ++call_.summary.frames_received;
    playout_.queue(audio);
  }

  void on_engine(const engine_mark& x, const std::vector<uint8_t>&) {
    playout_.mark(x.name);
    return_marks(call_.now(), false);
  }

  void on_engine(const engine_clear&, const std::vector<uint8_t>&) {
    auto dropped = playout_.clear() / 8;
    ++call_.summary.clears;
    reporter_.clear(call_.now(), call_time{dropped});
    return_marks(call_.now(), true);
  }

  /// Like the carrier's warning 31951: once per stream, and the call goes on.
  void complain(const std::string& why) {
    call_.protocol_broken = true;
    if (!std::exchange(complained_, true))
      reporter_.protocol_error(call_.now(), why);
  }

  // -- the end ----------------------------------------------------------------

  void hang_up(std::string reason) {
    if (closing_)
      return;
    send([this](std::string& out) {
      writer_.append_stop(out, options_.account_sid, options_.call_id);
    });
    closing_ = true;
    outcome_ = {true, std::move(reason)};
    call_.summary.duration = call_.now();
    socket_->close(1000);
    timer_.expires_after(close_timeout);
    timer_.async_wait([this](auto ec) {
      if (!ec)
        on_end({1006, "the engine did not close the connection in time"});
    });
  }

  void on_end(socket_end end) {
    auto at = call_.now();
    reporter_.stream_closed(at, end.code, end.reason);
    if (!closing_) {
      closing_ = true;
      outcome_.reason
        = fmt::format("engine closed the stream ({}{}{})", end.code,
                      end.reason.empty() ? "" : " ", end.reason);
      if (blames_protocol(end.code)) {
        call_.protocol_broken = true;
        reporter_.protocol_error(at, outcome_.reason);
      }
    }
    io_.stop();
  }

  /// The time without a stream is silence in the recording.
  void catch_up_recording() {
    auto length = static_cast<size_t>(opened_ / frame_length) * frame_size;
    if (call_.caller_audio.size() < length) {
      call_.caller_audio.resize(length, 0xFF);
      call_.agent_audio.resize(length, 0xFF);
    }
  }

  const media_stream_options& options_;
  call_progress& call_;
  call_reporter& reporter_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  boost::asio::signal_set signals_{io_, SIGINT, SIGTERM};
  twilio_peer_writer writer_;
  playout playout_;
  std::shared_ptr<media_socket> socket_;
  call_time opened_{0};
  int64_t frames_ = 0;
  bool closing_ = false;
  bool complained_ = false;
  stream_outcome outcome_;
};

} // namespace

stream_outcome run_media_stream(const media_stream_options& options,
                                call_progress& call, call_reporter& reporter) {
  return media_stream{options, call, reporter}.run();
}

} // namespace velox::cli
