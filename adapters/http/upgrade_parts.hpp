#pragma once

#include "adapters/http/connections.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <memory>
#include <variant>

/// INTERNAL to the server and to `websocket::accept`: a handshake in pieces.

namespace velox::http {

/// A TCP socket that knows what it runs on. `tcp::socket` finds out through a
/// virtual call and an allocation at every completion, several times a frame.
using tcp_socket
  = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                     boost::asio::io_context::executor_type>;
using plain_stream = tcp_socket;
using tls_stream = boost::beast::ssl_stream<tcp_socket>;
using upgrade_stream = std::variant<plain_stream, tls_stream>;

/// What `upgrade::take` returns.
struct upgrade_parts {
  upgrade_stream stream;
  boost::beast::http::request<boost::beast::http::string_body> request;
  std::unique_ptr<connection_slot> slot;
};

} // namespace velox::http
