#include "adapters/cli/media_socket.hpp"

#include "adapters/cli/transport.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <deque>
#include <optional>

namespace velox::cli {

namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

/// Keeps the TLS context alive for as long as the stream.
struct tls_holder {
  explicit tls_holder(bool insecure) : context(client_tls_context(insecure)) {}
  boost::asio::ssl::context context;
};

template <class Stream>
class media_socket_impl
  : public media_socket,
    public std::enable_shared_from_this<media_socket_impl<Stream>> {
public:
  explicit media_socket_impl(boost::asio::io_context& io) : ws_(io) {}

  media_socket_impl(boost::asio::io_context& io,
                    std::unique_ptr<tls_holder> tls)
    : tls_(std::move(tls)), ws_(io, tls_->context) {}

  void open(boost::asio::io_context& io, const url& where,
            const media_socket_options& options) {
    auto deadline = std::chrono::steady_clock::now() + options.timeout;
    connect(io, ws_.next_layer(), where, deadline);
    ws_.set_option(websocket::stream_base::timeout{
      std::chrono::seconds{10}, websocket::stream_base::none(), false});
    ws_.set_option(websocket::stream_base::decorator(
      [signature = options.signature](websocket::request_type& request) {
        request.set(beast::http::field::user_agent, "velox");
        request.set("x-twilio-signature", signature);
      }));
    ws_.read_message_max(1024 * 1024);
    auto host = where.host;
    if (where.port)
      host += ":" + std::to_string(*where.port);
    websocket::response_type answer;
    auto ec = await(
      io, deadline,
      [&](auto done) {
        ws_.async_handshake(answer, host, where.target(), done);
      },
      [&] { beast::get_lowest_layer(ws_).cancel(); });
    if (ec == websocket::error::upgrade_declined)
      throw upgrade_refused(static_cast<int>(answer.result_int()),
                            answer.body());
    if (ec)
      throw_unreachable(where, ec);
  }

  void read(std::function<void(std::string_view)> on_text,
            std::function<void(socket_end)> on_end) override {
    on_text_ = std::move(on_text);
    on_end_ = std::move(on_end);
    read_next();
  }

  void send(std::string text) override {
    if (closing_ || ended_)
      return;
    queue_.push_back(std::move(text));
    if (queue_.size() == 1)
      write_next();
  }

  void close(uint16_t code) override {
    if (closing_ || ended_)
      return;
    closing_ = code;
    if (queue_.empty())
      close_now();
  }

private:
  void read_next() {
    ws_.async_read(buffer_, [self = this->shared_from_this()](auto ec, size_t) {
      self->on_read(ec);
    });
  }

  void on_read(const boost::system::error_code& ec) {
    if (ec)
      return end(ec);
    auto data = buffer_.cdata();
    on_text_(
      ws_.got_text()
        ? std::string_view{static_cast<const char*>(data.data()), data.size()}
        : std::string_view{});
    buffer_.consume(buffer_.size());
    read_next();
  }

  void write_next() {
    ws_.text(true);
    ws_.async_write(boost::asio::buffer(queue_.front()),
                    [self = this->shared_from_this()](auto ec, size_t) {
                      self->on_written(ec);
                    });
  }

  void on_written(const boost::system::error_code& ec) {
    if (ec)
      return; // the read that is under way tells the reason
    queue_.pop_front();
    if (!queue_.empty())
      write_next();
    else if (closing_)
      close_now();
  }

  void close_now() {
    ws_.async_close(websocket::close_reason{*closing_},
                    [self = this->shared_from_this()](auto) {});
  }

  void end(const boost::system::error_code& ec) {
    ended_ = true;
    beast::get_lowest_layer(ws_).close(); // the engine waits for it
    socket_end result;
    if (ec == websocket::error::closed) {
      result.code = ws_.reason().code;
      result.reason = ws_.reason().reason.c_str();
      // A close frame without a code (RFC 6455, 7.1.5).
      if (result.code == 0)
        result.code = 1005;
    } else {
      result.reason = ec.message();
    }
    if (auto on_end = std::exchange(on_end_, nullptr))
      on_end(std::move(result));
  }

  std::unique_ptr<tls_holder> tls_;
  websocket::stream<Stream> ws_;
  beast::flat_buffer buffer_;
  std::deque<std::string> queue_;
  std::optional<uint16_t> closing_;
  bool ended_ = false;
  std::function<void(std::string_view)> on_text_;
  std::function<void(socket_end)> on_end_;
};

} // namespace

std::shared_ptr<media_socket>
open_media_socket(boost::asio::io_context& io,
                  const media_socket_options& options) {
  auto where = parse_url(options.url);
  if (!where || (where->scheme != "ws" && where->scheme != "wss"))
    throw std::invalid_argument("\"" + options.url
                                + "\" is no URL such as wss://host/path");
  if (where->secure()) {
    auto result = std::make_shared<media_socket_impl<tls_stream>>(
      io, std::make_unique<tls_holder>(options.insecure));
    result->open(io, *where, options);
    return result;
  }
  auto result = std::make_shared<media_socket_impl<plain_stream>>(io);
  result->open(io, *where, options);
  return result;
}

} // namespace velox::cli
