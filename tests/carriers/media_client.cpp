#include "tests/carriers/media_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <stdexcept>
#include <variant>

namespace beast = boost::beast;
namespace ws = boost::beast::websocket;
using tcp = boost::asio::ip::tcp;
using plain = ws::stream<tcp::socket>;
using secure = ws::stream<beast::ssl_stream<tcp::socket>>;

struct media_client::impl {
  boost::asio::io_context context;
  boost::asio::ssl::context tls{boost::asio::ssl::context::tls_client};
  std::variant<std::monostate, plain, secure> stream;
  beast::flat_buffer buffer;

  template <class F>
  auto use(F f) {
    if (auto* x = std::get_if<plain>(&stream))
      return f(*x);
    return f(std::get<secure>(stream));
  }

  tcp::socket& socket() {
    if (auto* x = std::get_if<plain>(&stream))
      return x->next_layer();
    return std::get<secure>(stream).next_layer().next_layer();
  }

  /// Runs until the operation that `start` begins is done.
  template <class F>
  beast::error_code await(F start) {
    std::optional<beast::error_code> result;
    start([&result](beast::error_code ec, auto...) { result = ec; });
    context.restart();
    context.run_for(std::chrono::seconds{5});
    if (result)
      return *result;
    beast::error_code ignored;
    socket().close(ignored);
    context.restart();
    context.run();
    return boost::asio::error::timed_out;
  }
};

media_client::media_client(uint16_t port, bool tls, std::string path)
  : impl_(std::make_unique<impl>()) {
  tcp::socket socket{impl_->context};
  socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
  socket.set_option(tcp::no_delay(true));
  if (tls) {
    auto& x = impl_->stream.emplace<secure>(std::move(socket), impl_->tls);
    x.next_layer().handshake(boost::asio::ssl::stream_base::client);
  } else {
    impl_->stream.emplace<plain>(std::move(socket));
  }
  auto ec = impl_->await([&](auto done) {
    impl_->use([&](auto& x) { x.async_handshake("127.0.0.1", path, done); });
  });
  if (ec)
    throw std::runtime_error("handshake: " + ec.message());
}

media_client::~media_client() = default;

void media_client::send(const std::string& text) {
  impl_->await([&](auto done) {
    impl_->use([&](auto& x) {
      x.text(true);
      x.async_write(boost::asio::buffer(text), done);
    });
  });
}

void media_client::send_binary(const std::string& data) {
  impl_->await([&](auto done) {
    impl_->use([&](auto& x) {
      x.binary(true);
      x.async_write(boost::asio::buffer(data), done);
    });
  });
}

void media_client::raw(const std::string& bytes) {
  boost::asio::write(impl_->socket(), boost::asio::buffer(bytes));
}

void media_client::begin(const velox::twilio_start& start) {
  std::string text;
  writer_.append_connected(text);
  send(text);
  text.clear();
  writer_.append_start(text, start);
  send(text);
}

void media_client::media(std::vector<uint8_t> mulaw,
                         velox::twilio_track track) {
  std::string text;
  writer_.append_media(text, 0, mulaw, track);
  send(text);
}

void media_client::media_at(uint64_t timestamp_ms, std::vector<uint8_t> mulaw) {
  std::string text;
  writer_.append_media(text, timestamp_ms, mulaw, velox::twilio_track::inbound);
  send(text);
}

void media_client::dtmf(char digit) {
  std::string text;
  writer_.append_dtmf(text, digit);
  send(text);
}

void media_client::mark(const std::string& name) {
  std::string text;
  writer_.append_mark(text, name);
  send(text);
}

void media_client::stop() {
  std::string text;
  writer_.append_stop(text, "AC01", "CA01");
  send(text);
}

std::optional<std::string> media_client::receive() {
  auto ec = impl_->await([&](auto done) {
    impl_->use([&](auto& x) { x.async_read(impl_->buffer, done); });
  });
  if (ec)
    return std::nullopt;
  auto out = beast::buffers_to_string(impl_->buffer.data());
  impl_->buffer.consume(impl_->buffer.size());
  return out;
}

uint16_t media_client::await_close() {
  while (receive()) {
  }
  return impl_->use([](auto& x) { return x.reason().code; });
}

std::string media_client::close_reason() const {
  return impl_->use(
    [](auto& x) { return std::string{x.reason().reason.c_str()}; });
}

void media_client::vanish() {
  beast::error_code ignored;
  impl_->socket().close(ignored);
}

void media_client::close() {
  impl_->await([&](auto done) {
    impl_->use([&](auto& x) { x.async_close(ws::close_code::normal, done); });
  });
}
