#include "tests/net/fake_proxy.hpp"

#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace velox::test {

namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(port);
  return out;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Passes on what is there; false at the end.
bool pass(int from, int to) {
  std::array<char, 16 * 1024> chunk{};
  auto n = recv(from, chunk.data(), chunk.size(), 0);
  return n > 0 && send_all(to, {chunk.data(), static_cast<std::size_t>(n)});
}

/// The port of "CONNECT localhost:PORT HTTP/1.1".
uint16_t asked_port(const std::string& head) {
  auto colon = head.find(':');
  return static_cast<uint16_t>(std::stoi(head.substr(colon + 1)));
}

} // namespace

fake_proxy::fake_proxy(proxy_manner manner)
  : manner_(manner), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  auto x = loopback(0);
  auto* where = reinterpret_cast<sockaddr*>(&x);
  socklen_t size = sizeof x;
  if (bind(listener_, where, size) != 0 || listen(listener_, 16) != 0
      || getsockname(listener_, where, &size) != 0)
    throw std::runtime_error("the proxy cannot listen");
  port_ = ntohs(x.sin_port);
  acceptor_ = std::thread{[this] { accept_all(); }};
}

fake_proxy::~fake_proxy() {
  ending_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    std::lock_guard guard{mutex_};
    for (auto fd : sockets_)
      shutdown(fd, SHUT_RDWR);
  }
  for (auto& x : threads_)
    x.join();
  for (auto fd : sockets_)
    close(fd);
  close(listener_);
}

std::string fake_proxy::url(const std::string& userinfo) const {
  return "http://" + (userinfo.empty() ? "" : userinfo + "@")
         + "localhost:" + std::to_string(port_);
}

std::vector<std::string> fake_proxy::heads() const {
  std::lock_guard guard{mutex_};
  return heads_;
}

/// Sockets are shut down while threads use them, so they close last.
int fake_proxy::keep(int fd) {
  std::lock_guard guard{mutex_};
  sockets_.push_back(fd);
  if (ending_)
    shutdown(fd, SHUT_RDWR);
  return fd;
}

void fake_proxy::accept_all() {
  for (;;) {
    auto peer = accept(listener_, nullptr, nullptr);
    if (peer < 0)
      return;
    keep(peer);
    threads_.emplace_back([this, peer] {
      serve(peer);
      shutdown(peer, SHUT_RDWR);
    });
  }
}

void fake_proxy::serve(int peer) {
  std::string inbox;
  std::array<char, 4096> chunk{};
  for (;;) {
    auto end = inbox.find("\r\n\r\n");
    if (end == std::string::npos) {
      auto n = recv(peer, chunk.data(), chunk.size(), 0);
      if (n <= 0)
        return;
      inbox.append(chunk.data(), static_cast<std::size_t>(n));
      continue;
    }
    auto head = inbox.substr(0, end + 4);
    inbox.erase(0, end + 4);
    {
      std::lock_guard guard{mutex_};
      heads_.push_back(head);
    }
    answer(peer, head);
  }
}

void fake_proxy::answer(int peer, const std::string& head) {
  switch (manner_) {
    case proxy_manner::asks:
      send_all(peer, "HTTP/1.1 407 Proxy Authentication Required\r\n"
                     "Proxy-Authenticate: Basic realm=\"x\"\r\n"
                     "Content-Length: 4\r\n\r\nwho?");
      return;
    case proxy_manner::mute: return;
    case proxy_manner::garbles:
      send_all(peer, "\x05\x01 no HTTP\r\n\r\n");
      return;
    case proxy_manner::interrupts:
      send_all(peer, "HTTP/1.1 200 OK\r\n\r\nand another thing");
      return;
    case proxy_manner::relays: break;
  }
  if (!head.starts_with("CONNECT ")) {
    send_all(peer, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nby proxy");
    return;
  }
  auto to = keep(socket(AF_INET, SOCK_STREAM, 0));
  auto x = loopback(asked_port(head));
  if (connect(to, reinterpret_cast<sockaddr*>(&x), sizeof x) != 0) {
    send_all(peer, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  send_all(peer, "HTTP/1.1 200 Connection established\r\n\r\n");
  relay(peer, to);
}

void fake_proxy::relay(int peer, int to) const {
  std::array<pollfd, 2> both{pollfd{peer, POLLIN, 0}, pollfd{to, POLLIN, 0}};
  while (poll(both.data(), both.size(), -1) > 0) {
    if (both[0].revents && !pass(peer, to))
      break;
    if (both[1].revents && !pass(to, peer))
      break;
  }
  shutdown(to, SHUT_RDWR);
  shutdown(peer, SHUT_RDWR);
}

} // namespace velox::test
