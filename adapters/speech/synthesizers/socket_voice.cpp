#include "adapters/speech/synthesizers/socket_voice.hpp"

namespace velox::speech {

namespace {

using namespace std::chrono_literals;

/// A vendor that closes sockets sooner than this is not asked again unless
/// there is something to say.
constexpr auto lasting = 1s;

/// A refusal is believed for so long: the caller who waits for the next
/// sentence gets another voice at once.
constexpr auto refusal_memory = 10s;

/// The close codes of a vendor that has no complaint (RFC 6455, 7.4.1).
bool is_friendly(const net::socket_end& x) {
  return !x.refused && !x.broken && (x.code == 1000 || x.code == 1001);
}

} // namespace

socket_voice::socket_voice(std::string name, net::outbound_ptr out,
                           const synthesis_client_actor& client,
                           text_limit limit, const voice_options& options,
                           std::function<net::vendor_access()> access)
  : voice_session(std::move(name), std::move(out), client, limit, options),
    access_(std::move(access)) {}

void socket_voice::connect() {
  if (socket_ || over())
    return;
  forget();
  opened_ = false;
  ++sockets_;
  socket_ = out().connect(request(access_()), handlers());
}

net::socket_handlers socket_voice::handlers() {
  // Of a socket before, nothing is heard any more.
  auto with_us = [self = weak<socket_voice>(), number = sockets_](auto f) {
    if (auto voice = self.lock();
        voice && voice->sockets_ == number && !voice->over())
      f(*voice);
  };
  net::socket_handlers result;
  result.opened = [with_us](const net::response_head&) {
    with_us([](socket_voice& x) {
      x.opened_ = true;
      x.opened_at_ = clock::now();
    });
  };
  result.text = [with_us](std::string_view message) {
    with_us([message](socket_voice& x) { x.on_text(message); });
  };
  result.binary = [with_us](std::string_view message) {
    with_us([message](socket_voice& x) { x.on_binary(message); });
  };
  result.closed = [with_us](const net::socket_end& end) {
    with_us([&end](socket_voice& x) { x.on_closed(end); });
  };
  return result;
}

void socket_voice::start(uint64_t id, const std::string& text) {
  if (!socket_ && refusal_ && clock::now() - refused_at_ < refusal_memory) {
    fail(id, *refusal_);
    return;
  }
  connect();
  speak(id, text);
}

void socket_voice::write(std::string message) {
  if (socket_)
    socket_->text(std::move(message));
}

void socket_voice::disconnect() {
  if (auto socket = std::move(socket_))
    socket->drop();
}

void socket_voice::on_closed(const net::socket_end& end) {
  auto ended = std::move(socket_);
  auto why
    = failure_of(name(), end, end.refused ? error_code(end.refused_body) : "");
  forget();
  if (owed()) {
    if (opened_ && is_friendly(end) && restart_owed())
      go_on();
    else
      fail(why);
  } else if (!opened_) {
    refusal_ = std::move(why);
    refused_at_ = clock::now();
  } else if (is_friendly(end) && clock::now() - opened_at_ > lasting) {
    connect();
  }
}

std::string socket_url(const std::string& base) {
  return base.starts_with("http") ? "ws" + base.substr(4) : base;
}

} // namespace velox::speech
