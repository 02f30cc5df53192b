#include "bench/floor_server.hpp"

#include "bench/server_process.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <memory>
#include <thread>

namespace velox::bench {

namespace {

namespace rfc6455 = boost::beast::websocket;
using boost::asio::ip::tcp;
using boost::system::error_code;

/// One connection: reads a message, writes it back, and so on.
class echo : public std::enable_shared_from_this<echo> {
public:
  explicit echo(tcp::socket socket) : stream_(std::move(socket)) {
    stream_.next_layer().set_option(tcp::no_delay(true));
    rfc6455::permessage_deflate no_deflate;
    no_deflate.server_enable = false;
    stream_.set_option(no_deflate);
    stream_.auto_fragment(false);
    stream_.text(true);
  }

  void start() {
    stream_.async_accept([me = shared_from_this()](error_code ec) {
      if (!ec)
        me->read();
    });
  }

private:
  void read() {
    stream_.async_read(buffer_,
                       [me = shared_from_this()](error_code ec, std::size_t) {
                         if (!ec)
                           me->write();
                       });
  }

  void write() {
    stream_.async_write(buffer_.cdata(),
                        [me = shared_from_this()](error_code ec, std::size_t) {
                          me->buffer_.consume(me->buffer_.size());
                          if (!ec)
                            me->read();
                        });
  }

  rfc6455::stream<tcp::socket> stream_;
  boost::beast::flat_buffer buffer_;
};

void accept_next(tcp::acceptor& door) {
  door.async_accept([&door](error_code ec, tcp::socket socket) {
    if (!ec)
      std::make_shared<echo>(std::move(socket))->start();
    if (door.is_open())
      accept_next(door);
  });
}

} // namespace

void run_floor_server() {
  boost::asio::io_context io{1};
  tcp::acceptor door{io, {boost::asio::ip::make_address_v4("127.0.0.1"), 0}};
  accept_next(door);
  std::thread thread{[&io] { io.run(); }};
  announce_port(door.local_endpoint().port());
  wait_for_end_of_input();
  io.stop();
  thread.join();
}

} // namespace velox::bench
