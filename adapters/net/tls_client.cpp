#include "adapters/net/tls_client.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>

namespace velox::net {

namespace {

namespace ssl = boost::asio::ssl;

constexpr std::size_t tickets_per_origin = 8;
constexpr std::size_t most_origins = 256;

struct session_closer {
  void operator()(SSL_SESSION* x) const { SSL_SESSION_free(x); }
};

using session = std::unique_ptr<SSL_SESSION, session_closer>;

/// The string that an SSL carries: what its sessions are kept under.
int origin_index() {
  static const int index
    = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr,
                           [](void*, void* x, CRYPTO_EX_DATA*, int, long,
                              void*) { delete static_cast<std::string*>(x); });
  return index;
}

} // namespace

struct tls_client::sessions {
  /// OpenSSL has a new session; 1: we keep the reference.
  static int keep(SSL* x, SSL_SESSION* fresh) {
    auto* context = SSL_get_SSL_CTX(x);
    auto* self = static_cast<sessions*>(SSL_CTX_get_app_data(context));
    auto* origin
      = static_cast<std::string*>(SSL_get_ex_data(x, origin_index()));
    if (!self || !origin)
      return 0;
    std::lock_guard guard{self->mutex};
    if (self->known.size() >= most_origins && !self->known.contains(*origin))
      self->known.clear();
    auto& kept = self->known[*origin];
    kept.emplace_back(fresh);
    if (kept.size() > tickets_per_origin)
      kept.pop_front();
    return 1;
  }

  /// A session to resume. Those of TLS 1.3 are used once, so that nobody can
  /// link two connections by them (RFC 8446, appendix C.4).
  session take(const std::string& origin) {
    std::lock_guard guard{mutex};
    auto found = known.find(origin);
    if (found == known.end() || found->second.empty())
      return nullptr;
    auto& kept = found->second;
    auto* last = kept.back().get();
    if (SSL_SESSION_get_protocol_version(last) < TLS1_3_VERSION) {
      SSL_SESSION_up_ref(last);
      return session{last};
    }
    auto out = std::move(kept.back());
    kept.pop_back();
    return out;
  }

  std::mutex mutex;
  std::map<std::string, std::deque<session>> known;
};

tls_client::tls_client(const std::string& ca_file)
  : sessions_(std::make_unique<sessions>()),
    context_(ssl::context::tls_client) {
  auto* native = context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  boost::system::error_code ec;
  context_.set_default_verify_paths(ec); // a machine may have none
  context_.set_verify_mode(ssl::verify_peer);
  if (!ca_file.empty()) {
    context_.load_verify_file(ca_file, ec);
    if (ec)
      throw std::runtime_error("cannot read the authorities in " + ca_file
                               + ": " + ec.message());
  }
  SSL_CTX_set_app_data(native, sessions_.get());
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT
                                           | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(native, sessions::keep);
  static const unsigned char http11[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(native, http11, sizeof http11 - 1);
}

tls_client::~tls_client() {
  // A stream may still hold the context.
  SSL_CTX_set_app_data(context_.native_handle(), nullptr);
}

bool tls_client::prepare(SSL* x, const std::string& host,
                         const std::string& origin) {
  boost::system::error_code ec;
  boost::asio::ip::make_address(host, ec);
  auto* expected = SSL_get0_param(x);
  if (!ec) {
    // Server Name Indication is for names only (RFC 6066, section 3).
    if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) != 1)
      return false;
  } else {
    X509_VERIFY_PARAM_set_hostflags(expected,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) != 1
        || SSL_set_tlsext_host_name(x, host.c_str()) != 1)
      return false;
  }
  auto name = std::make_unique<std::string>(origin);
  if (SSL_set_ex_data(x, origin_index(), name.get()) == 1)
    static_cast<void>(name.release()); // freed with `x`
  if (auto known = sessions_->take(origin))
    SSL_set_session(x, known.get());
  return true;
}

std::string certificate_problem(SSL* x) {
  auto result = SSL_get_verify_result(x);
  if (result == X509_V_OK)
    return {};
  return X509_verify_cert_error_string(result);
}

} // namespace velox::net
