#include "adapters/http/session.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <array>
#include <string_view>
#include <type_traits>

namespace velox::http {

namespace beast = boost::beast;
using tcp = boost::asio::ip::tcp;

namespace {

constexpr std::size_t read_ahead = 4096;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

/// A session on TCP or TLS: only the calls into Asio and Beast.
template <class Stream>
class transport final : public session {
public:
  static constexpr bool is_tls = std::is_same_v<Stream, tls_stream>;

  transport(std::shared_ptr<const shared_parts> parts,
            std::unique_ptr<connection_slot> slot,
            boost::asio::io_context& context, Stream stream)
    : session(std::move(parts), std::move(slot), context),
      stream_(std::move(stream)) {
    tls_ = is_tls;
  }

protected:
  bool handshake() override {
    if constexpr (is_tls)
      stream_.async_handshake(
        boost::asio::ssl::stream_base::server,
        [me = self()](error_code ec) { me->on_handshake(ec); });
    return is_tls;
  }

  void read_some() override {
    stream_.async_read_some(
      buffer_.prepare(read_ahead),
      [me = self()](error_code ec, std::size_t n) { me->on_read_some(ec, n); });
  }

  void read_header() override {
    beast::http::async_read_header(
      stream_, buffer_, *parser_,
      [me = self()](error_code ec, std::size_t) { me->on_read_header(ec); });
  }

  void read_body() override {
    beast::http::async_read(
      stream_, buffer_, *parser_,
      [me = self()](error_code ec, std::size_t) { me->on_read_body(ec); });
  }

  void write(std::shared_ptr<raw_response> x) override {
    auto& message = *x;
    beast::http::async_write(
      stream_, message,
      [me = self(), x = std::move(x)](error_code ec, std::size_t) {
        me->on_write(ec);
      });
  }

  void write_continue() override {
    boost::asio::async_write(
      stream_, boost::asio::buffer(continue_line),
      [me = self()](error_code ec, std::size_t) { me->on_write_continue(ec); });
  }

  void shut_down() override {
    if constexpr (is_tls) {
      stream_.async_shutdown([me = self()](error_code) {
        // The client has said goodbye too, or never will.
        me->on_shut_down(boost::asio::error::eof);
      });
    } else {
      error_code ec;
      stream_.shutdown(tcp_socket::shutdown_send, ec);
      on_shut_down(ec);
    }
  }

  void drain() override {
    stream_.async_read_some(
      boost::asio::buffer(scratch_),
      [me = self()](error_code ec, std::size_t n) { me->on_drain(ec, n); });
  }

  tcp_socket& socket() override {
    if constexpr (is_tls)
      return stream_.next_layer();
    else
      return stream_;
  }

  upgrade_stream release_stream() override {
    return upgrade_stream{std::move(stream_)};
  }

private:
  std::shared_ptr<transport> self() {
    return std::static_pointer_cast<transport>(shared_from_this());
  }

  Stream stream_;
  std::array<char, read_ahead> scratch_{};
};

} // namespace

std::shared_ptr<session>
make_session(std::shared_ptr<const shared_parts> parts,
             std::unique_ptr<connection_slot> slot,
             boost::asio::io_context& context, tcp_socket socket,
             boost::asio::ssl::context* tls) {
  if (tls)
    return std::make_shared<transport<tls_stream>>(
      std::move(parts), std::move(slot), context,
      tls_stream{std::move(socket), *tls});
  return std::make_shared<transport<plain_stream>>(
    std::move(parts), std::move(slot), context, std::move(socket));
}

} // namespace velox::http
