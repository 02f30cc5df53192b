#include "tests/support/fake_engine.hpp"

#include "protocol/g711.hpp"
#include "protocol/twilio_signature.hpp"
#include "protocol/twiml.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <array>
#include <cmath>
#include <list>
#include <mutex>
#include <numbers>
#include <sys/socket.h>
#include <thread>

namespace velox::test {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::asio::ip::tcp;
using request_type = http::request<http::string_body>;

} // namespace

/// One thread per connection, all calls blocking. Ending means shutting the
/// sockets down under them.
struct fake_engine::impl {
  class stream;

  explicit impl(options x) : opts(std::move(x)) {
    thread = std::thread{[this] { accept(); }};
  }

  ~impl() {
    {
      std::lock_guard guard{mutex};
      stopped = true;
      ::shutdown(acceptor.native_handle(), SHUT_RDWR);
      for (auto* socket : sockets)
        ::shutdown(socket->native_handle(), SHUT_RDWR);
    }
    thread.join();
    for (auto& x : connections)
      x.join();
  }

  void accept() {
    for (;;) {
      boost::system::error_code ec;
      tcp::socket socket{io};
      acceptor.accept(socket, ec);
      if (ec)
        return;
      std::lock_guard guard{mutex};
      if (stopped)
        return;
      connections.emplace_back(
        [this, s = std::move(socket)]() mutable { serve(std::move(s)); });
    }
  }

  void serve(tcp::socket socket);
  fake_answer answer(const request_type& request);
  fake_answer webhook(const request_type& request);
  void take_stream(tcp::socket& socket, const request_type& upgrade);

  std::string base() const {
    return "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
  }

  options opts;
  boost::asio::io_context io;
  tcp::acceptor acceptor{
    io, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
  mutable std::mutex mutex;
  bool stopped = false;
  std::list<tcp::socket*> sockets;
  std::vector<stream_event> seen;
  std::vector<fake_request> asked;
  size_t bad_signatures = 0;
  size_t streams = 0;
  std::string connect_twiml;
  std::thread thread;
  std::vector<std::thread> connections;
};

class fake_engine::impl::stream : public fake_stream {
public:
  stream(tcp::socket& socket, size_t number) : ws_(socket), number_(number) {}

  void play(std::span<const uint8_t> mulaw) override {
    std::string text;
    append_media_frame(text, sid_, mulaw);
    raw(text);
  }

  void mark(const std::string& name) override {
    std::string text;
    append_mark_frame(text, sid_, name);
    raw(text);
  }

  void clear() override {
    std::string text;
    append_clear_frame(text, sid_);
    raw(text);
  }

  void raw(const std::string& text) override {
    boost::system::error_code ec;
    ws_.text(true);
    ws_.write(boost::asio::buffer(text), ec);
  }

  void close(uint16_t code, const std::string& reason) override {
    boost::system::error_code ec;
    ws_.close(
      websocket::close_reason{static_cast<websocket::close_code>(code), reason},
      ec);
  }

  void start_closing(uint16_t code) override {
    // FIN, close opcode; unmasked, two bytes (RFC 6455, 5.2).
    std::array<uint8_t, 4> frame{0x88, 2, static_cast<uint8_t>(code >> 8),
                                 static_cast<uint8_t>(code)};
    boost::system::error_code ec;
    boost::asio::write(ws_.next_layer(), boost::asio::buffer(frame), ec);
  }

  size_t frames() const override { return frames_; }

  size_t number() const override { return number_; }

  /// Reads until the end; each event goes to `on_event`.
  template <class OnEvent>
  void run(const request_type& upgrade, OnEvent on_event) {
    boost::system::error_code ec;
    ws_.accept(upgrade, ec);
    beast::flat_buffer buffer;
    twilio_media_parser parser;
    while (!ec) {
      ws_.read(buffer, ec);
      if (ec)
        return;
      stream_event event{std::chrono::steady_clock::now(), number_, {}, {}};
      auto data = buffer.cdata();
      std::string_view text{static_cast<const char*>(data.data()), data.size()};
      if (parser.parse(text, event.event, event.audio))
        event.event = twilio_unknown{"(malformed)"};
      buffer.consume(buffer.size());
      if (auto* start = std::get_if<twilio_start>(&event.event))
        sid_ = start->stream_sid;
      if (std::holds_alternative<twilio_media>(event.event))
        ++frames_;
      on_event(event);
    }
  }

private:
  websocket::stream<tcp::socket&> ws_;
  size_t number_;
  size_t frames_ = 0;
  std::string sid_;
};

void fake_engine::impl::serve(tcp::socket socket) {
  std::list<tcp::socket*>::iterator entry;
  {
    std::lock_guard guard{mutex};
    if (stopped)
      return;
    entry = sockets.insert(sockets.end(), &socket);
  }
  boost::system::error_code ec;
  socket.set_option(tcp::no_delay{true}, ec);
  beast::flat_buffer buffer;
  request_type request;
  http::read(socket, buffer, request, ec);
  if (!ec && websocket::is_upgrade(request) && opts.refuse_upgrade == 0) {
    take_stream(socket, request);
  } else if (!ec) {
    auto x = answer(request);
    http::response<http::string_body> response{
      static_cast<http::status>(x.status), request.version()};
    response.set(http::field::content_type, x.content_type);
    response.body() = x.body;
    response.keep_alive(false);
    response.prepare_payload();
    http::write(socket, response, ec);
  }
  std::lock_guard guard{mutex};
  sockets.erase(entry);
}

fake_answer fake_engine::impl::answer(const request_type& request) {
  fake_request x{std::string{request.method_string()},
                 std::string{request.target()},
                 std::string{request[http::field::authorization]},
                 request.body(), std::string{request[http::field::range]}};
  {
    std::lock_guard guard{mutex};
    asked.push_back(x);
  }
  if (websocket::is_upgrade(request))
    return {opts.refuse_upgrade, "no streams here", "text/plain"};
  if (x.target.starts_with("/voice/"))
    return webhook(request);
  if (opts.on_request)
    return opts.on_request(x);
  return {404, "{}", "application/json"};
}

fake_answer fake_engine::impl::webhook(const request_type& request) {
  form fields;
  parse_form(request.body(), fields);
  std::string target{request.target()};
  if (check_twilio_form(opts.auth_token,
                        std::string{request["X-Twilio-Signature"]},
                        "http://" + base() + target, fields)
      != signature_result::valid) {
    std::lock_guard guard{mutex};
    ++bad_signatures;
    return {403, "the signature does not match", "text/plain"};
  }
  if (opts.on_webhook)
    return opts.on_webhook(target, fields);
  if (target == "/voice/incoming")
    return {200, connect_twiml};
  return {200, twiml::response{}.add(twiml::hangup{}).str()};
}

void fake_engine::impl::take_stream(tcp::socket& socket,
                                    const request_type& upgrade) {
  size_t number = 0;
  {
    std::lock_guard guard{mutex};
    number = streams++;
    if (check_twilio_upgrade(opts.auth_token,
                             std::string{upgrade["x-twilio-signature"]},
                             "ws://" + base() + std::string{upgrade.target()})
        != signature_result::valid)
      ++bad_signatures;
  }
  stream x{socket, number};
  x.run(upgrade, [&](const stream_event& event) {
    {
      std::lock_guard guard{mutex};
      seen.push_back(event);
    }
    if (opts.on_event)
      opts.on_event(x, event);
  });
}

fake_engine::fake_engine(options x) : impl_(new impl{std::move(x)}) {
  std::lock_guard guard{impl_->mutex};
  impl_->connect_twiml
    = twiml::response{}
        .add(twiml::connect{.url = stream_url(),
                            .name = {},
                            .status_callback = {},
                            .parameters = {{"token", "t0ken"}},
                            .action = {}})
        .add(twiml::redirect{url() + "/voice/resume", "POST"})
        .str();
}

fake_engine::~fake_engine() = default;

uint16_t fake_engine::port() const {
  return impl_->acceptor.local_endpoint().port();
}

std::string fake_engine::url() const {
  return "http://" + impl_->base();
}

std::string fake_engine::stream_url() const {
  return "ws://" + impl_->base() + "/media-stream";
}

std::string fake_engine::connect_twiml() const {
  return impl_->connect_twiml;
}

std::vector<stream_event> fake_engine::events() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->seen;
}

std::vector<fake_request> fake_engine::requests() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->asked;
}

size_t fake_engine::bad_signatures() const {
  std::lock_guard guard{impl_->mutex};
  return impl_->bad_signatures;
}

std::vector<uint8_t> tone(std::chrono::milliseconds length) {
  std::vector<uint8_t> result(static_cast<size_t>(length.count()) * 8);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = linear_to_mulaw(static_cast<int16_t>(
      10000 * std::sin(2 * std::numbers::pi * static_cast<double>(i) / 8)));
  return result;
}

} // namespace velox::test
