#include "adapters/net/connector.hpp"

#include "adapters/net/public_address.hpp"
#include "adapters/net/response_reader.hpp"

#include <algorithm>
#include <array>

namespace velox::net {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// How long one address has for itself before the next is tried beside it
/// (RFC 8305, section 5).
constexpr std::chrono::milliseconds head_start{250};

constexpr std::size_t proxy_answer_limit = 16 * 1024;

/// A proxy would look the name up itself, and nobody would have checked what
/// it finds.
std::optional<proxy> way_of(const core& out, const origin& to) {
  return to.public_only ? std::nullopt : out.shared->proxies.find(to);
}

} // namespace

/// One address that is tried.
struct connector::attempt {
  explicit attempt(asio::io_context& io) : socket(io.get_executor()) {}

  tcp_socket socket;
};

connector::connector(core_ptr out, origin to, bool tunnel,
                     clock::time_point deadline)
  : out_(std::move(out)), to_(std::move(to)), tunnel_(tunnel),
    deadline_(deadline), proxy_(way_of(*out_, to_)), timer_(out_->io),
    stagger_(out_->io) {
  // nop
}

void connector::start(outcome done) {
  done_ = std::move(done);
  out_->add(shared_from_this());
  timer_.expires_at(deadline_);
  timer_.async_wait([weak = weak_from_this()](error_code ec) {
    auto me = weak.lock();
    if (!me || ec || !me->done_)
      return;
    if (me->resolving_)
      me->fail(failure::unknown, "the name server did not answer in time");
    else
      me->fail(failure::timed_out, "no connection in time");
  });
  resolve();
}

void connector::abort() {
  done_ = nullptr;
  clear();
}

void connector::stop() {
  if (done_)
    fail(failure::stopped, "the engine is stopping");
}

const std::string& connector::next_host() const {
  return proxy_ ? proxy_->host : to_.host;
}

void connector::resolve() {
  if (proxy_ && !proxy_->problem.empty()) {
    out_->gate->post([weak = weak_from_this()] {
      if (auto me = weak.lock(); me && me->done_)
        me->fail(failure::refused, me->proxy_->problem);
    });
    return;
  }
  resolving_ = true;
  // The answer comes from a thread of the resolver, or at once.
  out_->shared->dns.resolve(
    next_host(), [gate = out_->gate, weak = weak_from_this()](auto& found) {
      gate->post([weak, found] {
        if (auto me = weak.lock(); me && me->done_)
          me->on_resolved(found);
      });
    });
}

void connector::on_resolved(const resolver::addresses& found) {
  resolving_ = false;
  if (found.empty())
    return fail(failure::unknown,
                proxy_ ? "proxy: no such host" : "no such host");
  auto allowed = found;
  if (to_.public_only)
    std::erase_if(allowed, [](auto& x) { return !is_public(x); });
  if (allowed.empty())
    return fail(failure::refused, "its address is not a public one");
  left_ = interleave(allowed);
  std::reverse(left_.begin(), left_.end());
  next_attempt();
}

void connector::next_attempt() {
  if (left_.empty())
    return;
  auto port = proxy_ ? proxy_->port : to_.port;
  tcp::endpoint where{left_.back(), port};
  left_.pop_back();
  auto x = std::make_shared<attempt>(out_->io);
  attempts_.push_back(x);
  x->socket.async_connect(where, [me = shared_from_this(), x](error_code ec) {
    me->on_attempt(x, ec);
  });
  stagger_.expires_after(head_start);
  stagger_.async_wait([weak = weak_from_this()](error_code ec) {
    if (auto me = weak.lock(); me && !ec && me->done_ && !me->stream_)
      me->next_attempt();
  });
}

void connector::on_attempt(const std::shared_ptr<attempt>& x, error_code ec) {
  if (!done_ || stream_ || std::erase(attempts_, x) == 0)
    return;
  if (!ec)
    return on_connected(std::move(x->socket));
  last_error_ = ec;
  if (!left_.empty())
    return next_attempt();
  if (!attempts_.empty())
    return;
  out_->shared->dns.forget(next_host());
  fail(failure::refused, (proxy_ ? "proxy: " : "") + describe(last_error_));
}

void connector::on_connected(tcp_socket socket) {
  stagger_.cancel();
  close_attempts(); // those that were slower
  left_.clear();
  error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  ++out_->count->connections;
  stream_ = std::make_unique<stream>(std::move(socket), out_->count);
  if (proxy_ && (to_.secure || tunnel_))
    ask_proxy();
  else if (to_.secure)
    begin_tls();
  else
    succeed();
}

/// RFC 9110, section 9.3.6.
void connector::ask_proxy() {
  auto peer = to_.authority();
  buffer_ = "CONNECT " + peer + " HTTP/1.1\r\nHost: " + peer + "\r\n";
  if (!proxy_->authorization.empty())
    buffer_ += "Proxy-Authorization: " + proxy_->authorization + "\r\n";
  buffer_ += "\r\n";
  stream_->write({asio::buffer(buffer_)}, [me = shared_from_this()](
                                            error_code ec, std::size_t) {
    if (!me->done_)
      return;
    if (ec)
      return me->fail(failure::refused, "proxy: " + describe(ec));
    me->buffer_.clear();
    me->read_proxy();
  });
}

void connector::read_proxy() {
  auto old = buffer_.size();
  buffer_.resize(old + 4096);
  stream_->read_some(
    asio::buffer(buffer_.data() + old, buffer_.size() - old),
    [me = shared_from_this(), old](error_code ec, std::size_t bytes) {
      if (!me->done_)
        return;
      if (ec)
        return me->fail(failure::refused, "proxy: " + describe(ec));
      me->on_proxy_bytes(old + bytes);
    });
}

void connector::on_proxy_bytes(std::size_t bytes) {
  buffer_.resize(bytes);
  response_reader reader{false, 0};
  error_code ec;
  auto used = reader.feed(buffer_, ec);
  if (ec || (!reader.done() && bytes >= proxy_answer_limit))
    return fail(failure::malformed, "the proxy does not speak HTTP");
  if (!reader.done())
    return read_proxy();
  auto status = reader.head().status;
  if (status < 200 || status >= 300)
    return fail(failure::refused,
                "the proxy answered " + std::to_string(status));
  if (used != bytes)
    return fail(failure::malformed, "the proxy spoke out of turn");
  if (to_.secure)
    begin_tls();
  else
    succeed();
}

void connector::begin_tls() {
  stream_->handshake(
    out_->shared->tls, to_.host, to_.key(),
    [me = shared_from_this()](error_code ec) { me->on_tls(ec); });
}

void connector::on_tls(error_code ec) {
  if (!done_)
    return;
  if (!ec) {
    ++out_->count->tls_handshakes;
    if (stream_->resumed())
      ++out_->count->tls_resumed;
    return succeed();
  }
  if (auto why = stream_->certificate_problem(); !why.empty())
    return fail(failure::untrusted, why);
  if (ec.category() == asio::error::get_ssl_category()
      || ec == asio::error::invalid_argument)
    return fail(failure::untrusted, "TLS: " + describe(ec));
  fail(failure::reset, "during the TLS handshake " + describe(ec));
}

void connector::succeed() {
  auto done = std::exchange(done_, nullptr);
  auto x = std::move(stream_);
  clear();
  done(std::move(x), std::nullopt);
}

void connector::fail(failure what, std::string_view why) {
  auto done = std::exchange(done_, nullptr);
  clear();
  done(nullptr, error{what, to_.host + ": " + std::string{why}, false});
}

/// Operations under way hold `this`; what they work on stays until then.
void connector::clear() {
  out_->remove(this);
  timer_.cancel();
  stagger_.cancel();
  left_.clear();
  close_attempts();
  if (stream_)
    stream_->close();
}

/// To forget them is not enough: each is held by its own handler, and an
/// address that swallows all would keep its socket for minutes.
void connector::close_attempts() {
  for (auto& x : attempts_) {
    error_code ignored;
    x->socket.close(ignored);
  }
  attempts_.clear();
}

} // namespace velox::net
