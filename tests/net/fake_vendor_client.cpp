#include "tests/net/fake_vendor_client.hpp"

#include "tests/support/vendors/vendor_certificates.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace velox::test {

fake_vendor_client::fake_vendor_client(uint16_t port, client_options options) {
  std::signal(SIGPIPE, SIG_IGN);
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (options.receive_buffer > 0)
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer,
               sizeof(options.receive_buffer));
  timeval limit{5, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof(where)) != 0) {
    ::close(std::exchange(fd_, -1));
    return;
  }
  ready_ = !options.tls || make_secure(options);
}

fake_vendor_client::~fake_vendor_client() {
  if (fd_ >= 0)
    ::close(fd_);
}

bool fake_vendor_client::make_secure(const client_options& options) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_load_verify_file(context_.get(), vendor_ca_file().c_str());
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_max_proto_version(context_.get(), options.tls_version);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set1_host(ssl_.get(), "localhost");
  SSL_set_tlsext_host_name(ssl_.get(), "localhost");
  if (!options.protocols.empty())
    SSL_set_alpn_protos(
      ssl_.get(),
      reinterpret_cast<const unsigned char*>(options.protocols.data()),
      static_cast<unsigned>(options.protocols.size()));
  if (options.resume)
    SSL_set_session(ssl_.get(), options.resume);
  SSL_set_fd(ssl_.get(), fd_);
  return SSL_connect(ssl_.get()) == 1;
}

long fake_vendor_client::verified() const {
  return SSL_get_verify_result(ssl_.get());
}

void fake_vendor_client::send(std::string_view bytes) {
  if (ssl_) {
    SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    return;
  }
  while (!bytes.empty()) {
    auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return; // the fake has closed: the test reads how
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool fake_vendor_client::fill(int wait_ms) {
  auto until
    = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  for (;;) {
    char chunk[16 * 1024];
    auto n = read_now(chunk, sizeof(chunk));
    if (n > 0)
      inbox_.append(chunk, static_cast<std::size_t>(n));
    if (n > 0 || end_ != client_end::open)
      return n > 0;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
    pollfd look{fd_, POLLIN, 0};
    if (left.count() <= 0
        || poll(&look, 1, static_cast<int>(left.count())) <= 0)
      return false;
  }
}

/// Reads without waiting: with TLS, bytes on the socket need not be ours to
/// read. 0: nothing, or the end, which is noted.
int fake_vendor_client::read_now(char* chunk, int size) {
  auto flags = fcntl(fd_, F_GETFL);
  fcntl(fd_, F_SETFL, flags | O_NONBLOCK);
  errno = 0;
  auto n
    = ssl_
        ? SSL_read(ssl_.get(), chunk, size)
        : static_cast<int>(recv(fd_, chunk, static_cast<std::size_t>(size), 0));
  auto reason = errno;
  fcntl(fd_, F_SETFL, flags);
  auto wait = ssl_ ? SSL_get_error(ssl_.get(), n) == SSL_ERROR_WANT_READ
                   : n < 0 && reason == EAGAIN;
  ERR_clear_error();
  if (n > 0)
    return n;
  if (!wait)
    end_ = reason == ECONNRESET ? client_end::reset : client_end::closed;
  return 0;
}

bool fake_vendor_client::fill_to(std::size_t bytes) {
  while (inbox_.size() < bytes)
    if (!fill())
      return false;
  return true;
}

client_answer fake_vendor_client::get(std::string_view target) {
  send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return read_answer();
}

client_answer fake_vendor_client::read_answer() {
  client_answer out;
  std::size_t end = 0;
  while ((end = inbox_.find("\r\n\r\n")) == std::string::npos)
    if (!fill())
      return out;
  out.head = inbox_.substr(0, end + 2);
  inbox_.erase(0, end + 4);
  out.status = std::atoi(out.head.c_str() + sizeof("HTTP/1.1"));
  if (out.head.find("Transfer-Encoding: chunked") != std::string::npos) {
    out.whole = read_chunks(out.body);
    return out;
  }
  auto length = out.head.find("Content-Length: ");
  auto bytes = length == std::string::npos
                 ? 0
                 : std::strtoul(out.head.c_str() + length + 16, nullptr, 10);
  out.whole = fill_to(bytes);
  out.body = inbox_.substr(0, bytes);
  inbox_.erase(0, bytes);
  return out;
}

bool fake_vendor_client::read_chunks(std::string& out) {
  for (;;) {
    std::size_t end = 0;
    while ((end = inbox_.find("\r\n")) == std::string::npos)
      if (!fill())
        return false;
    auto bytes = std::strtoul(inbox_.c_str(), nullptr, 16);
    if (!fill_to(end + 2 + bytes + 2))
      return false;
    out += inbox_.substr(end + 2, bytes);
    inbox_.erase(0, end + 2 + bytes + 2);
    if (bytes == 0)
      return true;
  }
}

client_end fake_vendor_client::read_to_end(std::string& out, int wait_ms) {
  while (fill(wait_ms)) {
  }
  out += std::exchange(inbox_, {});
  return end_;
}

client_answer fake_vendor_client::upgrade(std::string_view target) {
  send("GET " + std::string(target)
       + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: WebSocket\r\n"
         "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  return read_answer();
}

void fake_vendor_client::send_frame(const vendor_frame& x) {
  static constexpr unsigned char mask[] = {0x37, 0xfa, 0x21, 0x3d};
  auto bytes = make_frame(x);
  auto start = bytes.size() - x.payload.size();
  for (auto i = start; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(bytes[i] ^ mask[(i - start) % 4]);
  bytes.insert(start, reinterpret_cast<const char*>(mask), 4);
  bytes[1] = static_cast<char>(bytes[1] | 0x80);
  send(bytes);
}

vendor_frame fake_vendor_client::read_frame() {
  const vendor_frame none{frame_kind::close, false, {}};
  if (!fill_to(2))
    return none;
  std::size_t length = static_cast<unsigned char>(inbox_[1]);
  std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (!fill_to(2 + extra))
    return none;
  if (extra)
    length = 0;
  for (std::size_t i = 0; i < extra; ++i)
    length = length << 8 | static_cast<unsigned char>(inbox_[2 + i]);
  if (!fill_to(2 + extra + length))
    return none;
  vendor_frame out{static_cast<frame_kind>(inbox_[0] & 0x0f),
                   (inbox_[0] & 0x80) != 0, inbox_.substr(2 + extra, length)};
  inbox_.erase(0, 2 + extra + length);
  return out;
}

} // namespace velox::test
