#include "adapters/carriers/twilio/media_session.hpp"

#include "adapters/carriers/twilio/media_leg.hpp"
#include "adapters/http/metrics.hpp"
#include "protocol/stream_token.hpp"

#include <algorithm>
#include <exception>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <utility>

namespace velox::carriers::twilio {

namespace {

constexpr std::size_t bytes_per_second = 8000;
constexpr std::size_t bytes_per_ms = bytes_per_second / 1000;
/// What the voice detector gets at a time, so that a long message cannot hide
/// where in it the voice began.
constexpr std::size_t detector_step = 160;

std::size_t bytes_of(std::chrono::milliseconds x) {
  return static_cast<std::size_t>(x.count()) * bytes_per_second / 1000;
}

int64_t system_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
    .count();
}

std::string parameter(const twilio_start& x, std::string_view name) {
  auto i = x.parameters.find(name);
  return i == x.parameters.end() ? "" : i->second;
}

uint16_t close_code(twilio_media_errc code) {
  return code == twilio_media_errc::too_large ? websocket::message_too_big
                                              : websocket::invalid_payload;
}

} // namespace

int64_t media_parts::unix_now() const {
  return options.unix_ms_now ? options.unix_ms_now() : system_ms();
}

media_session::media_session(std::shared_ptr<const media_parts> parts,
                             std::optional<stream_token> paid)
  : parts_(std::move(parts)), paid_(std::move(paid)),
    reporter_(bytes_of(parts_->options.kept_audio)),
    parser_(parts_->options.socket.message_limit),
    batch_size_(bytes_of(parts_->options.batch)),
    audio_rate_(
      parts_->options.flood_factor * bytes_per_second,
      static_cast<double>(bytes_of(parts_->options.flood_allowance))
        + parts_->options.flood_factor
            * static_cast<double>(bytes_of(parts_->options.flood_window))),
    message_rate_(parts_->options.messages_per_second,
                  2.0 * parts_->options.messages_per_second) {
  parts_->counts->media_sessions.Increment();
}

media_session::~media_session() {
  parts_->counts->media_sessions.Decrement();
}

void media_session::attach(const std::shared_ptr<websocket::connection>& x) {
  wire_ = x;
  parts_->counts->media_sockets.Increment();
}

std::chrono::steady_clock::time_point media_session::now() const {
  auto& clock = parts_->options.now;
  return clock ? clock() : std::chrono::steady_clock::now();
}

// -- from the connection
// -----------------------------------------------------------

void media_session::on_open() {}

void media_session::on_text(std::string_view text) {
  if (stage_ == stage::over)
    return;
  if (!message_rate_.add(1, now()))
    return violation(websocket::policy_violation,
                     "more messages than any call needs");
  frame_.clear();
  if (auto error = parser_.parse(text, event_, frame_))
    return bad_message(close_code(error.code), to_text(error));
  if (auto* media = std::get_if<twilio_media>(&event_))
    return on_media(*media);
  if (auto* start = std::get_if<twilio_start>(&event_))
    return on_start(*start);
  if (stage_ == stage::waiting) {
    if (std::holds_alternative<twilio_connected>(event_)
        || std::holds_alternative<twilio_unknown>(event_))
      return;
    if (std::holds_alternative<twilio_stop>(event_))
      return refuse("stopped", "the stream stopped before it started");
    return bad_message(websocket::policy_violation,
                       "event: nothing may come before start");
  }
  if (auto* key = std::get_if<twilio_dtmf>(&event_)) {
    on_key(*key);
  } else if (auto* mark = std::get_if<twilio_mark>(&event_)) {
    reporter_.send(mark_reached{mark->name});
  } else if (std::holds_alternative<twilio_stop>(event_)) {
    on_stop();
  }
}

void media_session::on_binary() {
  if (stage_ != stage::over)
    bad_message(websocket::unsupported_data,
                "a binary message; Twilio sends text only");
}

void media_session::on_closed(const websocket::closing& how) {
  parts_->counts->media_sockets.Decrement();
  if (stage_ == stage::started) {
    flush();
    if (how.violation) {
      parts_->counts->protocol_closings.Increment();
      reporter_.send(wire_closed{end_reason::protocol_violation, how.reason});
    } else if (!closed_by_us_.empty()) {
      reporter_.send(wire_closed{end_reason::wire_lost,
                                 "closed by the engine: " + closed_by_us_});
    } else {
      reporter_.send(
        wire_closed{end_reason::wire_lost,
                    "the media socket ended without a stop (close code "
                      + std::to_string(how.code) + ")"});
    }
  } else if (stage_ == stage::waiting) {
    parts_->counts->count_refused(how.violation ? "protocol_violation"
                                                : "gone");
  }
  count_frames();
  stage_ = stage::over;
  give_back();
}

void media_session::give_back() {
  auto call = std::exchange(paid_, std::nullopt);
  if (call && parts_->options.gate.release)
    parts_->options.gate.release(*call);
}

// -- inbound
// -----------------------------------------------------------------------

void media_session::on_start(const twilio_start& x) {
  if (stage_ == stage::started)
    return bad_message(websocket::policy_violation, "event: a second start");
  auto& options = parts_->options;
  if (x.encoding != "audio/x-mulaw" || x.sample_rate != 8000 || x.channels != 1)
    return refuse("media_format",
                  "start.mediaFormat must be audio/x-mulaw, 8000, 1 channel");
  stream_token token;
  auto error = verify_stream_token(parameter(x, "token"), options.token_secret,
                                   parts_->unix_now(), token);
  if (error != token_error::none)
    return refuse("token_" + std::string{to_text(error)},
                  "the stream token is " + std::string{to_text(error)});
  if (token.call_id != x.call_sid)
    return refuse("token_other_call", "the stream token is for another call");
  if (paid_ && (paid_->call_id != token.call_id || paid_->nonce != token.nonce))
    return refuse("token_other_call",
                  "the stream token is not the one of the URL");
  paid_.reset(); // from here on the call looks after it
  stage_ = stage::started;
  stream_sid_ = x.stream_sid;
  batch_.reserve(batch_size_ + detector_step);
  leg_start start{token.call_id, x.stream_sid,           token.agent_id,
                  token.org_id,  parameter(x, "caller"), parameter(x, "called"),
                  token.nonce,   token.resume,           token.outbound};
  auto wire = wire_.lock();
  auto leg = std::make_shared<media_leg>(shared_from_this());
  try {
    detector_ = parts_->detectors();
    parts_->on_start(std::move(leg), start, wire ? wire->shard() : 0);
  } catch (const std::exception&) {
    reporter_.send(
      wire_closed{end_reason::refused, "the engine failed to take the call"});
    shut(websocket::internal_error, "the engine failed to take the call");
  }
}

void media_session::on_media(const twilio_media& x) {
  if (stage_ == stage::waiting)
    return bad_message(websocket::policy_violation,
                       "event: nothing may come before start");
  ++frames_in_;
  bytes_in_ += x.payload_size;
  // Also what is not for us counts: it is the work that hurts.
  if (!audio_rate_.add(static_cast<double>(x.payload_size), now()))
    return violation(websocket::policy_violation,
                     "media.payload: far more audio than real time");
  if (x.track != twilio_track::inbound || frame_.empty())
    return;
  auto where = clock_.next(x);
  if (!where.wanted)
    return;
  if (where.gap)
    flush(); // a batch has no holes
  heard_ms_ = where.at_ms;
  heard_part_ = 0;
  hear(frame_);
}

void media_session::on_key(const twilio_dtmf& x) {
  auto digit = x.digit.front();
  if (!keys_.carrier_event(digit, heard_ms_))
    return;
  flush();
  reporter_.send(key_pressed{digit});
}

void media_session::hear(std::span<const uint8_t> mulaw) {
  while (!mulaw.empty()) {
    auto step = mulaw.first(std::min(mulaw.size(), detector_step));
    mulaw = mulaw.subspan(step.size());
    auto change = detector_ ? detector_->near_end(step) : voice_change::none;
    if (change == voice_change::started)
      reporter_.send(voice_started{});
    if (batch_.empty())
      batch_at_ms_ = heard_ms_;
    batch_.insert(batch_.end(), step.begin(), step.end());
    heard_part_ += step.size();
    heard_ms_ += static_cast<int64_t>(heard_part_ / bytes_per_ms);
    heard_part_ %= bytes_per_ms;
    if (tones_)
      hear_tones(step);
    if (batch_.size() >= batch_size_ || change == voice_change::stopped)
      flush();
    if (change == voice_change::stopped)
      reporter_.send(voice_stopped{});
  }
}

void media_session::hear_tones(std::span<const uint8_t> step) {
  tones_heard_.clear();
  tones_->near_end(step, tones_heard_);
  for (auto& tone : tones_heard_) {
    auto* key = std::get_if<key_pressed>(&tone);
    if (key && !keys_.tone(key->digit, heard_ms_))
      continue;
    flush(); // it is behind the audio that it was heard in
    std::visit([this](auto& x) { reporter_.send(x); }, tone);
  }
}

void media_session::flush() {
  count_frames();
  if (batch_.empty())
    return;
  caller_audio out;
  out.at_ms = batch_at_ms_;
  out.mulaw.reserve(batch_size_ + detector_step);
  out.mulaw.swap(batch_);
  reporter_.send(std::move(out));
}

void media_session::count_frames() {
  // Counters are shared by all shards: touch them once per batch.
  auto& counts = *parts_->counts;
  if (frames_in_ > 0) {
    counts.media_frames_in.Increment(static_cast<double>(frames_in_));
    counts.media_bytes_in.Increment(static_cast<double>(bytes_in_));
  }
  frames_in_ = 0;
  bytes_in_ = 0;
}

void media_session::on_stop() {
  flush();
  reporter_.send(caller_hung_up{});
  shut(websocket::normal_closure, "");
}

// -- what is wrong
// -----------------------------------------------------------------

void media_session::bad_message(uint16_t code, const std::string& what) {
  parts_->counts->protocol_errors.Increment();
  auto at = now();
  auto& options = parts_->options;
  if (code == websocket::message_too_big)
    return violation(code, what);
  while (!bad_.empty() && bad_.front() + options.bad_window <= at)
    bad_.pop_front();
  bad_.push_back(at);
  if (bad_.size() > options.bad_messages)
    violation(code, what);
}

void media_session::violation(uint16_t code, const std::string& what) {
  parts_->counts->protocol_closings.Increment();
  if (stage_ == stage::waiting)
    parts_->counts->count_refused("protocol_violation");
  if (stage_ == stage::started) {
    flush();
    reporter_.send(wire_closed{end_reason::protocol_violation, what});
  }
  shut(code, what);
}

void media_session::refuse(const std::string& reason,
                           const std::string& explanation) {
  parts_->counts->count_refused(reason);
  shut(websocket::policy_violation, explanation);
}

void media_session::start_timed_out() {
  if (stage_ == stage::waiting)
    refuse("no_start", "no start within "
                         + std::to_string(parts_->options.start_timeout.count())
                         + " ms");
}

void media_session::shut(uint16_t code, const std::string& reason) {
  stage_ = stage::over;
  if (auto wire = wire_.lock())
    wire->close(code, reason);
}

// -- from the leg
// ------------------------------------------------------------------

void media_session::report_to(const leg_client_actor& client) {
  reporter_.report_to(client);
}

void media_session::listen_for(const listening_options& what) {
  if (detector_)
    detector_->set_sensitivity(what.sensitivity);
  tones_.reset();
  if (parts_->tones && (what.keys || what.machines))
    tones_ = parts_->tones(what);
}

void media_session::play(std::span<const uint8_t> mulaw) {
  auto wire = wire_.lock();
  if (!wire || stage_ != stage::started || mulaw.empty())
    return;
  if (detector_)
    detector_->far_end(mulaw);
  auto out = wire->make_buffer();
  out.reserve(media_frame_size(stream_sid_, mulaw.size()));
  append_media_frame(out, stream_sid_, mulaw);
  wire->send(std::move(out), true);
  parts_->counts->media_frames_out.Increment();
  parts_->counts->media_bytes_out.Increment(static_cast<double>(mulaw.size()));
}

void media_session::mark(const std::string& name) {
  auto wire = wire_.lock();
  if (!wire || stage_ != stage::started)
    return;
  auto out = wire->make_buffer();
  append_mark_frame(out, stream_sid_, name);
  wire->send(std::move(out), true);
}

void media_session::clear() {
  auto wire = wire_.lock();
  if (!wire || stage_ != stage::started)
    return;
  if (detector_)
    detector_->far_end_cleared();
  wire->drop();
  auto out = wire->make_buffer();
  append_clear_frame(out, stream_sid_);
  wire->send(std::move(out));
}

void media_session::close(uint16_t code, std::string reason) {
  auto wire = wire_.lock();
  if (!wire)
    return;
  // Weak: a post that never runs must not keep the session.
  wire->post([weak = weak_from_this(), code, reason = std::move(reason)] {
    auto me = weak.lock();
    auto wire = me ? me->wire_.lock() : nullptr;
    if (!wire)
      return;
    if (me->closed_by_us_.empty())
      me->closed_by_us_ = reason.empty() ? "no reason given" : reason;
    wire->close(code, reason);
  });
}

} // namespace velox::carriers::twilio
