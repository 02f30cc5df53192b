#pragma once

#include "adapters/cli/http_client.hpp"
#include "protocol/url.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <chrono>
#include <optional>
#include <string>

/// What the HTTP client and the media socket share: connecting, with one
/// deadline for all steps. Included by their sources only.

namespace velox::cli {

using plain_stream = boost::beast::tcp_stream;
using tls_stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;

/// Runs one asynchronous operation to its end on the calling thread: `start`
/// is given the completion handler. After `deadline` the operation is called
/// off by `give_up` and the result is `boost::asio::error::timed_out`.
template <class Start, class GiveUp>
boost::system::error_code await(boost::asio::io_context& io,
                                std::chrono::steady_clock::time_point deadline,
                                Start start, GiveUp give_up) {
  std::optional<boost::system::error_code> result;
  start([&result](boost::system::error_code ec, auto&&...) { result = ec; });
  io.restart();
  while (!result && io.run_one_until(deadline) > 0)
    ;
  if (result)
    return *result;
  give_up();
  // The handler refers to this frame of the stack: it must have run.
  io.restart();
  while (!result && io.run_one() > 0)
    ;
  return boost::asio::error::timed_out;
}

/// Where a URL points to, as the error texts name it: "http://host:port".
std::string origin(const url& where);

/// Throws `unreachable` that names the place and the reason, with a hint.
[[noreturn]] void
throw_unreachable(const url& where, const boost::system::error_code& why);

/// Trusts the system's certificates, or any when `insecure`.
boost::asio::ssl::context client_tls_context(bool insecure);

/// Connects `stream` to the host and port of `where`; throws `unreachable`.
void connect(boost::asio::io_context& io, plain_stream& stream,
             const url& where, std::chrono::steady_clock::time_point deadline);

/// The same, and the TLS handshake on top.
void connect(boost::asio::io_context& io, tls_stream& stream, const url& where,
             std::chrono::steady_clock::time_point deadline);

} // namespace velox::cli
