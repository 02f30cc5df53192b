#include "adapters/speech/recognizers/session.hpp"

#include "adapters/speech/recognizers/failures.hpp"

#include <utility>
#include <variant>

namespace velox::speech {

namespace {

/// Audio kept until the socket is open, in bytes: 10 s. The last counts most.
constexpr std::size_t max_kept = 80'000;

constexpr int bytes_per_ms = 8;

/// How long a vendor has to take our last words.
constexpr net::milliseconds last_words{1'000};

/// Frames that make no sense, in a row, until we stop believing.
constexpr int max_senseless = 3;

} // namespace

// -- any session --------------------------------------------------------------

void session::report(recognised_list& list) {
  for (auto& x : list)
    std::visit([this](auto& message) { client.tell(std::move(message)); }, x);
  list.clear();
}

// -- over a WebSocket ---------------------------------------------------------

void socket_session::start() {
  if (over_)
    return;
  auto weak = weak_from_this();
  // The last reference to a session must not go while it is at work.
  auto with_me = [weak](auto f) {
    if (auto me = std::static_pointer_cast<socket_session>(weak.lock()))
      f(*me);
  };
  net::socket_handlers hears;
  hears.opened = [with_me](const net::response_head&) {
    with_me([](socket_session& me) {
      if (me.over_)
        return;
      me.open_ = true;
      me.client.tell(session_ready{});
      net::milliseconds waited{me.kept_bytes_ / bytes_per_ms};
      for (auto& audio : std::exchange(me.kept_, {}))
        me.send_audio(std::move(audio));
      me.kept_bytes_ = 0;
      me.on_open(waited);
    });
  };
  hears.text = [with_me](std::string_view frame) {
    with_me([frame](socket_session& me) {
      if (me.over_)
        return;
      if (me.on_text(frame))
        me.senseless_ = 0;
      else if (++me.senseless_ == max_senseless)
        me.fail({"stt", me.vendor_ + ": frames that make no sense"});
    });
  };
  hears.closed = [with_me](const net::socket_end& x) {
    with_me([&x](socket_session& me) { me.on_closed(x); });
  };
  socket_ = out_->connect(std::move(request_), std::move(hears));
}

void socket_session::hear(std::vector<uint8_t> mulaw) {
  // An empty message would mean the end of the audio.
  if (over_ || mulaw.empty())
    return;
  if (open_)
    return send_audio(std::move(mulaw));
  kept_bytes_ += mulaw.size();
  kept_.push_back(std::move(mulaw));
  while (kept_bytes_ > max_kept && kept_.size() > 1) {
    kept_bytes_ -= kept_.front().size();
    kept_.pop_front();
  }
}

void socket_session::leave() {
  if (std::exchange(over_, true))
    return;
  stop_timers();
  kept_.clear();
  if (!open_)
    return let_go();
  send(goodbye());
  socket_->close();
  // The session outlives its handle until the socket is closed, or this.
  linger_ = out_->after(last_words, [me = shared_from_this()] {
    auto keep = std::static_pointer_cast<socket_session>(me);
    keep->let_go();
  });
}

void socket_session::fail(provider_failed why) {
  if (std::exchange(over_, true))
    return;
  client.tell(std::move(why));
  client.leave();
  stop_timers();
  kept_.clear();
  let_go();
}

void socket_session::fail(provider_errc code, std::string_view word) {
  auto why = vendor_ + ": an error in band";
  if (auto plain = code_word(word); !plain.empty())
    why += " (" + std::string{plain} + ')';
  fail({"stt", why, code});
}

void socket_session::on_closed(const net::socket_end& x) {
  if (over_)
    return let_go();
  auto why = failure_of(vendor_, x, &close_meaning);
  if (!x.refused && !x.broken)
    why.code = meaning_of_close(x.code);
  fail(std::move(why));
}

void socket_session::let_go() {
  open_ = false;
  if (auto socket = std::exchange(socket_, nullptr))
    socket->drop();
  linger_.reset();
}

// -- the handle ---------------------------------------------------------------

session_handle::session_handle(net::outbound_ptr out,
                               std::shared_ptr<session> x)
  : out_(std::move(out)), session_(std::move(x)) {
  out_->dispatch([x = session_] { x->start(); });
}

session_handle::~session_handle() {
  session_->client.leave();
  out_->dispatch([x = std::move(session_)] { x->leave(); });
}

void session_handle::hear(std::vector<uint8_t> mulaw) {
  out_->dispatch([x = session_, audio = std::move(mulaw)]() mutable {
    x->hear(std::move(audio));
  });
}

void session_handle::utterance_began() {
  out_->dispatch([x = session_] { x->began(); });
}

void session_handle::utterance_ended() {
  out_->dispatch([x = session_] { x->ended(); });
}

} // namespace velox::speech
