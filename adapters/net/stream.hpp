#pragma once

#include "adapters/net/core.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace velox::net {

using error_code = boost::system::error_code;

/// As adapters/http has it: a socket that knows what it runs on.
using tcp_socket
  = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                     boost::asio::io_context::executor_type>;

/// INTERNAL to adapters/net: a connection, with TLS or without; what reads and
/// writes need not know. An AsyncStream to Beast. Not to be destroyed under an
/// operation: `close` it and wait for the handler.
class stream {
public:
  using executor_type = tcp_socket::executor_type;
  using tls_socket = boost::beast::ssl_stream<tcp_socket>;
  using io_handler = std::function<void(error_code, std::size_t)>;

  stream(tcp_socket socket, std::shared_ptr<counters> count);
  stream(stream&& other) noexcept = default;
  stream& operator=(stream&&) = delete;
  ~stream();

  executor_type get_executor() noexcept { return executor_; }

  /// Begins TLS on the connection, verified as `tls` says.
  void
  handshake(tls_client& tls, const std::string& host, const std::string& origin,
            std::function<void(error_code)> done);

  /// Why the handshake failed, as far as the certificate is the cause.
  std::string certificate_problem();
  /// Whether TLS went on with a session from before.
  bool resumed();

  void read_some(boost::asio::mutable_buffer into, io_handler done);
  void
  write(const std::vector<boost::asio::const_buffer>& from, io_handler done);

  /// Ends the connection at once; what is under way fails.
  void close();

  /// Sees all that is read, before its reader does; null: nobody.
  void set_tap(std::function<void(std::string_view)> tap) {
    *tap_ = std::move(tap);
  }

  // -- what Beast asks of an AsyncStream

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_read_some(buffers,
                            tapped(buffers, std::forward<Handler>(handler)));
    else
      tcp_->async_read_some(buffers,
                            tapped(buffers, std::forward<Handler>(handler)));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_write_some(buffers, std::forward<Handler>(handler));
    else
      tcp_->async_write_some(buffers, std::forward<Handler>(handler));
  }

  /// Reports no error: Beast would tell it instead of why it closes.
  template <class Handler>
  void async_end(boost::beast::role_type role, Handler&& handler) {
    using boost::beast::websocket::async_teardown;
    auto done = [handler = std::forward<Handler>(handler)](error_code) mutable {
      handler(error_code{});
    };
    if (tls_)
      async_teardown(role, *tls_, std::move(done));
    else
      async_teardown(role, *tcp_, std::move(done));
  }

private:
  using tap = std::function<void(std::string_view)>;

  template <class Buffers, class Handler>
  auto tapped(const Buffers& buffers, Handler&& handler) {
    return [tap = tap_, buffers, handler = std::forward<Handler>(handler)](
             error_code ec, std::size_t bytes) mutable {
      if (*tap)
        show(buffers, bytes, *tap);
      handler(ec, bytes);
    };
  }

  template <class Buffers>
  static void show(const Buffers& buffers, std::size_t bytes, const tap& f) {
    for (auto i = boost::asio::buffer_sequence_begin(buffers);
         i != boost::asio::buffer_sequence_end(buffers) && bytes > 0; ++i) {
      boost::asio::mutable_buffer x = *i;
      auto n = std::min(bytes, x.size());
      f({static_cast<const char*>(x.data()), n});
      bytes -= n;
    }
  }

  tcp_socket& socket() { return tls_ ? tls_->next_layer() : *tcp_; }

  executor_type executor_;
  std::unique_ptr<tcp_socket> tcp_;
  std::unique_ptr<tls_socket> tls_;
  std::shared_ptr<counters> count_; ///< empty once moved from or closed
  std::shared_ptr<tap> tap_ = std::make_shared<tap>();
};

/// Found by Beast's WebSocket when the closing handshake is done.
template <class Handler>
void async_teardown(boost::beast::role_type role, stream& x,
                    Handler&& handler) {
  x.async_end(role, std::forward<Handler>(handler));
}

/// Found by Beast's WebSocket when a time-out ends the connection.
inline void beast_close_socket(stream& x) {
  x.close();
}

/// `ec` in words for an error's text.
std::string describe(const error_code& ec);

} // namespace velox::net
