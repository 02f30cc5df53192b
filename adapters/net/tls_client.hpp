#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace velox::net {

/// INTERNAL to adapters/net: how TLS is spoken to vendors. TLS 1.2 or later,
/// HTTP/1.1 (ALPN), the peer's certificate and name verified, and sessions
/// resumed where the peer offers that. Any thread.
class tls_client {
public:
  /// `ca_file` (PEM) is trusted beside the system's authorities; empty: none.
  /// Throws std::runtime_error when it cannot be read.
  explicit tls_client(const std::string& ca_file);
  ~tls_client();
  tls_client(const tls_client&) = delete;
  tls_client& operator=(const tls_client&) = delete;

  boost::asio::ssl::context& context() { return context_; }

  /// Before the handshake: the name to ask for and to find in the certificate,
  /// and a session from before. `origin` is what sessions are kept under.
  /// False when `host` cannot be the name of a peer.
  bool prepare(SSL* x, const std::string& host, const std::string& origin);

private:
  struct sessions;

  std::unique_ptr<sessions> sessions_; ///< outlives what calls back into it
  boost::asio::ssl::context context_;
};

/// Why a handshake failed, as far as the certificate is the cause; else empty.
std::string certificate_problem(SSL* x);

} // namespace velox::net
