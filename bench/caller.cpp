#include "bench/caller.hpp"

#include "bench/engine_server.hpp"
#include "bench/fake_providers.hpp"
#include "protocol/stream_token.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace velox::bench {

namespace {

using namespace std::chrono_literals;

constexpr size_t frame_bytes = 160;
constexpr int loud_frames = 30; // 600 ms
/// One frame in so many is followed by a ping: once a second.
constexpr uint64_t ping_every = 50;
constexpr auto clear_patience = 5s;
/// An agent's answer is interrupted after 2 to 6 of its 8 seconds.
constexpr auto shortest_patience = 2'000ms;
constexpr auto longest_patience = 6'000ms;

constexpr std::string_view media_start = R"({"event":"media")";
constexpr std::string_view clear_start = R"({"event":"clear")";
constexpr std::string_view mark_start = R"({"event":"mark")";

const std::vector<uint8_t>& quiet_frame() {
  static const std::vector<uint8_t> x(frame_bytes, 0xff);
  return x;
}

/// Loud noise: the real detector has to look at it.
const std::vector<uint8_t>& loud_frame() {
  static const std::vector<uint8_t> x = [] {
    std::vector<uint8_t> result(frame_bytes);
    std::minstd_rand random{1};
    for (auto& byte : result)
      byte = static_cast<uint8_t>(random() % 2 * 0x80 + random() % 0x30);
    result.front() = loud_byte;
    return result;
  }();
  return x;
}

clock::duration duration_of(size_t mulaw_bytes) {
  return std::chrono::microseconds{mulaw_bytes * 125};
}

double to_ms(clock::duration x) {
  return std::chrono::duration<double, std::milli>{x}.count();
}

/// The bytes of audio in the base64 text of a media message.
size_t audio_bytes(std::string_view media) {
  constexpr std::string_view key = R"("payload":")";
  auto begin = media.find(key);
  if (begin == media.npos)
    return 0;
  auto end = media.rfind('"');
  auto base64 = media.substr(begin + key.size(), end - begin - key.size());
  auto padding = base64.ends_with("==") ? 2u : base64.ends_with('=') ? 1u : 0u;
  return base64.size() / 4 * 3 - padding;
}

std::string call_id(size_t number) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "CA%032zx", number);
  return text.data();
}

std::string stream_id(size_t number) {
  return "MZ" + call_id(number).substr(2);
}

twilio_start start_of(size_t number) {
  stream_token token;
  token.call_id = call_id(number);
  token.agent_id = bench_agent;
  token.org_id = bench_org;
  token.nonce = call_id(number);
  token.expires_at_ms = INT64_MAX;
  twilio_start x;
  x.account_sid = "AC00000000000000000000000000000000";
  x.call_sid = token.call_id;
  x.parameters["token"] = sign_stream_token(token, token_secret);
  x.parameters["caller"] = "+15550123";
  x.parameters["called"] = "+15550199";
  return x;
}

} // namespace

caller::caller(server_kind kind, size_t number, int socket, turn_board* turns)
  : kind_(kind), number_(number), socket_(socket), turns_(turns),
    writer_(stream_id(number)), random_(static_cast<uint32_t>(number + 1)),
    mask_(static_cast<uint32_t>(random_())) {
  begin_handshake();
}

caller::~caller() {
  close(socket_);
}

// -- opening
// -------------------------------------------------------------------

void caller::begin_handshake() {
  out_ += "GET /media-stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
          "Upgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "Sec-WebSocket-Version: 13\r\n\r\n";
  flush();
}

void caller::finish_handshake(std::string_view bytes, observations& to) {
  handshake_ += bytes;
  auto end = handshake_.find("\r\n\r\n");
  if (end == handshake_.npos)
    return;
  if (!handshake_.starts_with("HTTP/1.1 101")) {
    lost_ = true;
    return;
  }
  auto rest = handshake_.substr(end + 4);
  handshake_.clear();
  open_ = true;
  text_.clear();
  writer_.append_connected(text_);
  queue_text();
  text_.clear();
  writer_.append_start(text_, start_of(number_));
  queue_text();
  flush();
  // The floor sends these two back as well.
  frames_.read(rest, [&](opcode code, std::string_view payload) {
    on_frame(code, payload, to);
  });
}

// -- speaking
// ------------------------------------------------------------------

bool caller::speaks(clock::time_point now) {
  if (loud_frames_left_ > 0)
    return loud_frames_left_-- > 0;
  auto hears_agent = answer_heard_ > 0 && now < played_until_;
  if (!hears_agent || now < answer_began_ + patience_)
    return false;
  loud_frames_left_ = loud_frames - 1;
  return true;
}

void caller::tick(clock::time_point due, observations& to) {
  auto now = clock::now();
  auto turn = turns_ ? turns_->spoken_by(number_, now) : std::nullopt;
  auto loud = turns_ ? turn.has_value() : speaks(now);
  loud_run_ = loud ? loud_run_ + 1 : 0;
  text_.clear();
  if (turn)
    writer_.append_media(text_, ticks_ * 20, turn_frame(*turn));
  else
    writer_.append_media(text_, ticks_ * 20,
                         loud ? loud_frame() : quiet_frame());
  queue_text();
  return_marks(now);
  // The server reads messages in order: its pong says that the frame before
  // has been handled.
  if ((++ticks_ + number_) % ping_every == 0 && !ping_) {
    append_client_frame(out_, opcode::ping, "", mask_);
    ping_ = now;
  }
  if (kind_ == server_kind::floor)
    echoes_due_.push_back(now);
  note_onset(now, to);
  ++to.frames_out;
  to.generator.push_back(to_ms(now - due));
  flush();
}

void caller::note_onset(clock::time_point now, observations& to) {
  auto begins
    = loud_run_ == onset_frames && kind_ == server_kind::engine && !turns_;
  if (onset_ && (begins || now > *onset_ + clear_patience)) {
    onset_.reset();
    ++to.unanswered_onsets;
  }
  if (begins)
    onset_ = now;
}

void caller::return_marks(clock::time_point until) {
  for (; !marks_.empty() && marks_.front().due <= until; marks_.pop_front()) {
    text_.clear();
    writer_.append_mark(text_, marks_.front().name);
    queue_text();
  }
}

void caller::queue_text() {
  append_client_frame(out_, opcode::text, text_, mask_);
}

void caller::flush() {
  if (out_.empty() || lost_)
    return;
  auto sent
    = send(socket_, out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent > 0)
    out_.erase(0, static_cast<size_t>(sent)); // the rest goes with the next
  else if (errno != EAGAIN && errno != EINTR)
    lost_ = true;
}

// -- listening
// -----------------------------------------------------------------

void caller::read(observations& to) {
  static thread_local std::array<char, 65536> buffer;
  auto size = recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (size <= 0) {
    lost_ = true;
    return;
  }
  std::string_view bytes{buffer.data(), static_cast<size_t>(size)};
  if (!open_)
    return finish_handshake(bytes, to);
  frames_.read(bytes, [&](opcode code, std::string_view payload) {
    on_frame(code, payload, to);
  });
}

void caller::on_frame(opcode code, std::string_view payload, observations& to) {
  if (code == opcode::text)
    on_text(payload, to);
  else if (code == opcode::pong && ping_)
    to.handled.push_back(to_ms(clock::now() - *std::exchange(ping_, {})));
  else if (code == opcode::close)
    lost_ = true;
}

void caller::on_text(std::string_view text, observations& to) {
  auto now = clock::now();
  if (text.starts_with(media_start)) {
    on_media(audio_bytes(text), now, to);
  } else if (text.starts_with(clear_start) && kind_ == server_kind::engine) {
    on_clear(now, to);
  } else if (text.starts_with(mark_start)) {
    engine_frame frame;
    std::vector<uint8_t> none;
    if (parse_engine_frame(text, frame, none))
      return;
    marks_.push_back({std::get<engine_mark>(frame).name, played_until_});
  }
}

void caller::on_media(size_t bytes, clock::time_point now, observations& to) {
  answered_ = true;
  if (turns_)
    turns_->heard(number_);
  to.frames_in += static_cast<double>(bytes) / frame_bytes;
  if (kind_ == server_kind::floor) {
    if (echoes_due_.empty())
      return;
    to.echo.push_back(to_ms(now - echoes_due_.front()));
    echoes_due_.pop_front();
    return;
  }
  if (answer_heard_ == answer_bytes)
    answer_heard_ = 0;
  if (answer_heard_ == 0) {
    answer_began_ = now;
    auto spread
      = static_cast<uint32_t>((longest_patience - shortest_patience).count());
    patience_
      = shortest_patience + std::chrono::milliseconds{random_() % spread};
  } else {
    to.gap.push_back(std::max(0.0, to_ms(now - played_until_)));
  }
  answer_heard_ += bytes;
  played_until_ = std::max(played_until_, now) + duration_of(bytes);
}

void caller::on_clear(clock::time_point now, observations& to) {
  if (onset_)
    to.clear.push_back(to_ms(now - *std::exchange(onset_, {})));
  answer_heard_ = 0;
  played_until_ = now;
  // Like Twilio: what was waiting is reported at once.
  return_marks(clock::time_point::max());
  flush();
}

} // namespace velox::bench
