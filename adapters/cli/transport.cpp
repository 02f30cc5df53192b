#include "adapters/cli/transport.hpp"

#include <boost/asio/ssl/host_name_verification.hpp>

#include <chrono>

namespace velox::cli {

namespace {

/// A reason as a person would say it.
std::string reason(const boost::system::error_code& why) {
  if (why == boost::asio::error::timed_out)
    return "no answer in time";
  if (why == boost::asio::error::eof
      || why == boost::asio::ssl::error::stream_truncated)
    return "connection closed";
  auto text = why.message();
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

/// The host without the brackets of an IPv6 address.
std::string bare_host(const url& where) {
  if (where.host.size() > 2 && where.host.front() == '[')
    return where.host.substr(1, where.host.size() - 2);
  return where.host;
}

} // namespace

std::string origin(const url& where) {
  return where.scheme + "://" + where.host + ":"
         + std::to_string(where.effective_port());
}

void throw_unreachable(const url& where, const boost::system::error_code& why) {
  auto text = "cannot reach " + origin(where) + ": " + reason(why);
  if (why == boost::asio::error::connection_refused)
    text += "; is `velox serve` running?";
  else if (why.category() == boost::asio::error::get_ssl_category())
    text += "; a self-signed certificate needs --insecure";
  throw unreachable(text);
}

boost::asio::ssl::context client_tls_context(bool insecure) {
  namespace ssl = boost::asio::ssl;
  ssl::context result{ssl::context::tls_client};
  result.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1
                     | ssl::context::no_tlsv1_1);
  if (insecure) {
    result.set_verify_mode(ssl::verify_none);
  } else {
    result.set_default_verify_paths();
    result.set_verify_mode(ssl::verify_peer);
  }
  return result;
}

void connect(boost::asio::io_context& io, plain_stream& stream,
             const url& where, std::chrono::steady_clock::time_point deadline) {
  using boost::asio::ip::tcp;
  tcp::resolver resolver{io};
  tcp::resolver::results_type found;
  auto ec = await(
    io, deadline,
    [&](auto done) {
      resolver.async_resolve(bare_host(where),
                             std::to_string(where.effective_port()),
                             [&found, done](auto ec, auto results) mutable {
                               found = std::move(results);
                               done(ec);
                             });
    },
    [&] { resolver.cancel(); });
  if (ec)
    throw_unreachable(where, ec);
  ec = await(
    io, deadline, [&](auto done) { stream.async_connect(found, done); },
    [&] { stream.cancel(); });
  if (ec)
    throw_unreachable(where, ec);
  stream.socket().set_option(tcp::no_delay{true}, ec);
}

void connect(boost::asio::io_context& io, tls_stream& stream, const url& where,
             std::chrono::steady_clock::time_point deadline) {
  auto& tcp = boost::beast::get_lowest_layer(stream);
  connect(io, tcp, where, deadline);
  auto host = bare_host(where);
  // Server Name Indication (RFC 6066, 3).
  SSL_set_tlsext_host_name(stream.native_handle(), host.c_str());
  stream.set_verify_callback(boost::asio::ssl::host_name_verification(host));
  auto ec = await(
    io, deadline,
    [&](auto done) {
      stream.async_handshake(boost::asio::ssl::stream_base::client, done);
    },
    [&] { tcp.cancel(); });
  if (ec)
    throw_unreachable(where, ec);
}

} // namespace velox::cli
