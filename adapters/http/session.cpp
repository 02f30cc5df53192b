#include "adapters/http/session.hpp"

#include "adapters/http/metrics.hpp"
#include "config/log.hpp"
#include "protocol/form.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace velox::http {

namespace beast = boost::beast;
using namespace std::chrono_literals;

namespace {

constexpr auto linger = 2s;
constexpr std::size_t linger_bytes = 2 * 1024 * 1024;

} // namespace

session::session(std::shared_ptr<const shared_parts> parts,
                 std::unique_ptr<connection_slot> slot,
                 boost::asio::io_context& context)
  : parts_(std::move(parts)), slot_(std::move(slot)), timer_(context) {}

session::~session() = default;

void session::start() {
  std::weak_ptr<session> weak = weak_from_this();
  slot_->on_drain = [weak] {
    if (auto me = weak.lock()) {
      me->keep_alive_ = false;
      if (me->phase_ == phase::idle)
        me->close_idle();
    }
  };
  slot_->on_evict = [weak] {
    if (auto me = weak.lock())
      me->close_now();
  };
  enter(phase::handshaking, parts_->options.header_timeout);
  if (!handshake())
    await_request();
}

void session::on_handshake(error_code ec) {
  if (phase_ == phase::closed)
    return;
  if (ec)
    return close_now();
  await_request();
}

// -- reading
// -------------------------------------------------------------------

void session::await_request() {
  if (slot_->stopping())
    return close_gently();
  if (buffer_.size() > 0) // the client sends ahead
    return begin_request();
  auto& options = parts_->options;
  enter(phase::idle, first_ ? options.header_timeout : options.idle_timeout);
  read_some();
}

void session::on_read_some(error_code ec, std::size_t count) {
  if (phase_ != phase::idle)
    return;
  if (ec)
    return close_now();
  buffer_.commit(count);
  begin_request();
}

void session::begin_request() {
  first_ = false;
  ++number_;
  parser_.emplace();
  parser_->header_limit(parts_->options.header_limit);
  parser_->body_limit(parts_->options.body_limit);
  head_ = false;
  keep_alive_ = false;
  enter(phase::reading_header, parts_->options.header_timeout);
  read_header();
}

void session::on_read_header(error_code ec) {
  if (phase_ != phase::reading_header)
    return;
  if (ec)
    return on_read_failed(ec);
  auto& header = parser_->get();
  keep_alive_ = header.keep_alive() && !slot_->stopping();
  head_ = header.method() == beast::http::verb::head;
  if (header.version() >= 11 && header.count(beast::http::field::host) != 1)
    return fail(error_response(400, "bad_request",
                               "the request needs exactly one Host header",
                               "send one"));
  enter(phase::reading_body, parts_->options.body_timeout);
  if (same_name(header[beast::http::field::expect], "100-continue"))
    return write_continue();
  read_body();
}

void session::on_write_continue(error_code ec) {
  if (phase_ != phase::reading_body)
    return;
  if (ec)
    return close_now();
  read_body();
}

void session::on_read_body(error_code ec) {
  if (phase_ != phase::reading_body)
    return;
  if (ec)
    return on_read_failed(ec);
  on_request();
}

void session::on_read_failed(error_code ec) {
  using error = beast::http::error;
  auto& options = parts_->options;
  if (timed_out_)
    return fail(error_response(408, "request_timeout",
                               "the request was not complete in time",
                               "send it without pauses"));
  if (ec == error::header_limit || ec == error::buffer_overflow)
    return fail(error_response(431, "headers_too_large",
                               "request line and headers are larger than "
                                 + std::to_string(options.header_limit)
                                 + " bytes",
                               "send fewer or shorter headers"));
  if (ec == error::body_limit)
    return fail(error_response(413, "body_too_large",
                               "the body is larger than "
                                 + std::to_string(options.body_limit)
                                 + " bytes",
                               "send a smaller body"));
  auto is_http = ec.category() == make_error_code(error::bad_method).category();
  if (!is_http || ec == error::end_of_stream || ec == error::partial_message)
    return close_now();
  fail(error_response(400, "bad_request",
                      "this is not an HTTP/1.1 request: " + ec.message(),
                      "check the client"));
}

// -- handling
// ------------------------------------------------------------------

void session::fill_request() {
  auto& raw = parser_->get();
  request_ = {};
  request_.method = raw.method_string();
  request_.target = raw.target();
  for (auto& field : raw)
    request_.headers.add(std::string{field.name_string()},
                         std::string{field.value()});
  auto mark = request_.target.find('?');
  request_.path = request_.target.substr(0, mark);
  form query;
  if (mark != std::string::npos)
    parse_form(std::string_view{request_.target}.substr(mark + 1), query);
  for (auto& field : query.fields())
    request_.query.emplace(field.name, field.value);
  request_.body = std::move(raw.body());
  error_code ignored;
  auto peer = socket().remote_endpoint(ignored);
  request_.remote_address = ignored ? "" : peer.address().to_string();
  request_.tls = tls_;
  request_.shard = shard();
}

void session::on_request() {
  auto is_upgrade = beast::websocket::is_upgrade(parser_->get());
  fill_request();
  enter(phase::handling, 15s);
  if (!request_.path.starts_with('/'))
    return fail(error_response(400, "bad_request",
                               "the request target must be a path",
                               "begin it with /"));
  if (is_upgrade)
    dispatch_upgrade();
  else
    dispatch();
}

void session::dispatch_upgrade() {
  auto match = parts_->routes.find_websocket(request_.path);
  if (!match.found)
    return fail(error_response(
      404, "not_found", "there is no WebSocket at this path", "check the URL"));
  request_.route = match.found->info.pattern;
  request_.params = std::move(match.params);
  if (slot_->stopping())
    return fail(error_response(503, "stopping", "the server is stopping",
                               "connect to another one"));
  if (buffer_.size() > 0)
    return fail(error_response(400, "bad_request",
                               "the client sent data before the handshake",
                               "wait for the response"));
  enter(phase::handling, match.found->options.timeout);
  try {
    match.found->upgrade(request_, upgrade{shared_from_this()});
  } catch (const std::exception& x) {
    // The upgrade has answered 500 when it was dropped.
    config::log().error("A handler failed. route={} what={}", request_.route,
                        config::field(x.what()));
  }
}

responder session::make_responder() {
  return responder{[weak = weak_from_this(), number = number_,
                    executor = timer_.get_executor()](response x) {
    boost::asio::post(executor, [weak, number, x = std::move(x)]() mutable {
      if (auto me = weak.lock())
        me->answer(number, std::move(x));
    });
  }};
}

void session::dispatch() {
  auto match = parts_->routes.find(request_.method, request_.path);
  if (!match.found && !match.allow.empty()) {
    auto x = error_response(405, "method_not_allowed",
                            "this path does not answer " + request_.method,
                            "use " + match.allow);
    x.headers.add("Allow", match.allow);
    return send(std::move(x));
  }
  if (!match.found && match.is_websocket) {
    auto x = error_response(426, "upgrade_required",
                            "this path is for WebSocket clients",
                            "connect with ws:// or wss://");
    x.headers.add("Upgrade", "websocket");
    return send(std::move(x));
  }
  if (!match.found)
    return send(error_response(
      404, "not_found", "there is nothing at this path", "check the URL"));
  request_.route = match.found->info.pattern;
  request_.params = std::move(match.params);
  enter(phase::handling, match.found->options.timeout);
  auto answer = make_responder();
  try {
    match.found->handle(request_, answer);
  } catch (const std::exception& x) {
    config::log().error("A handler failed. route={} what={}", request_.route,
                        config::field(x.what()));
    answer(error_response(500, "internal_error",
                          "the server failed to handle this request",
                          "try again; if it stays, report it"));
  }
}

void session::answer(uint64_t number, response x) {
  if (number == number_ && phase_ == phase::handling)
    send(std::move(x));
}

void session::refuse_upgrade(response x) {
  if (phase_ == phase::handling)
    fail(std::move(x));
}

std::function<void(std::function<void()>)> session::poster() {
  return [executor = timer_.get_executor()](std::function<void()> f) {
    boost::asio::post(executor, std::move(f));
  };
}

upgrade_parts session::take_upgrade() {
  ++wait_;
  timer_.cancel();
  phase_ = phase::closed;
  parts_->counts->count_request(request_.method, request_.route, 101);
  slot_->on_drain = nullptr;
  slot_->on_evict = nullptr;
  return {release_stream(), parser_->release(), std::move(slot_)};
}

// -- writing
// -------------------------------------------------------------------

void session::fail(response x) {
  keep_alive_ = false;
  send(std::move(x));
}

void session::send(response x) {
  auto known_method = parser_->get().method() != beast::http::verb::unknown;
  parts_->counts->count_request(
    known_method ? std::string_view{parser_->get().method_string()} : "other",
    request_.route.empty() ? "none" : request_.route, x.status);
  if (slot_->stopping())
    keep_alive_ = false;
  auto version = parser_->is_header_done() ? parser_->get().version() : 11;
  enter(phase::writing, parts_->options.body_timeout);
  write(to_raw(std::move(x), head_, keep_alive_, version));
}

void session::on_write(error_code ec) {
  if (phase_ != phase::writing)
    return;
  if (ec)
    return close_now();
  request_ = {};
  if (keep_alive_)
    await_request();
  else
    close_gently();
}

// -- closing
// -------------------------------------------------------------------

void session::close_idle() {
  if (tls_)
    close_gently(); // TLS has a word for it
  else
    close_now();
}

void session::close_gently() {
  // Closing with unread data would reset the connection, and the client might
  // never see our last response.
  enter(phase::lingering, linger);
  shut_down();
}

void session::on_shut_down(error_code ec) {
  if (phase_ != phase::lingering)
    return;
  if (ec)
    return close_now();
  drain();
}

void session::on_drain(error_code ec, std::size_t count) {
  if (phase_ != phase::lingering)
    return;
  drained_ += count;
  if (ec || drained_ > linger_bytes)
    return close_now();
  drain();
}

void session::close_now() {
  phase_ = phase::closed;
  ++wait_;
  timer_.cancel();
  error_code ignored;
  socket().close(ignored);
}

void session::enter(phase next, std::chrono::milliseconds limit) {
  phase_ = next;
  timed_out_ = false;
  timer_.expires_after(limit);
  // A timer whose handler is queued already cannot be cancelled, only outdated.
  timer_.async_wait([me = shared_from_this(), wait = ++wait_](error_code ec) {
    if (!ec && wait == me->wait_)
      me->on_timeout();
  });
}

void session::on_timeout() {
  error_code ignored;
  switch (phase_) {
    case phase::reading_header:
    case phase::reading_body:
      timed_out_ = true;
      socket().cancel(ignored);
      break;
    case phase::handling:
      fail(error_response(503, "timeout",
                          "the server did not find an answer in time",
                          "try again later"));
      break;
    case phase::idle: close_idle(); break;
    default: close_now();
  }
}

} // namespace velox::http
