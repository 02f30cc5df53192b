#include "tests/support/event_receiver.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace velox::test {

namespace {

constexpr int second = 1000;

/// The value of a header, whose name is given in lower case; empty: none.
std::string header(std::string_view head, std::string_view name) {
  std::string lower{head};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  auto at = lower.find("\r\n" + std::string{name} + ":");
  if (at == lower.npos)
    return {};
  auto begin = head.find_first_not_of(" :", at + 2 + name.size());
  return std::string{head.substr(begin, head.find("\r\n", begin) - begin)};
}

/// Reads up to `wanted` bytes of `text`; false when the peer is done or silent.
bool read_more(int socket, std::string& text) {
  pollfd ready{socket, POLLIN, 0};
  char buffer[4096];
  if (::poll(&ready, 1, second) <= 0)
    return false;
  auto size = ::recv(socket, buffer, sizeof(buffer), 0);
  if (size <= 0)
    return false;
  text.append(buffer, static_cast<size_t>(size));
  return true;
}

} // namespace

event_receiver::event_receiver() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (::bind(listener_, any, size) != 0 || ::listen(listener_, 64) != 0
      || ::getsockname(listener_, any, &size) != 0)
    throw std::runtime_error{"cannot listen on 127.0.0.1"};
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { serve(); }};
}

event_receiver::~event_receiver() {
  over_ = true;
  thread_.join();
  ::close(listener_);
}

std::string event_receiver::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/events";
}

std::map<std::string, int> event_receiver::seen() const {
  std::lock_guard guard{mutex_};
  return seen_;
}

void event_receiver::serve() {
  while (!over_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, 50) <= 0)
      continue;
    auto socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0)
      continue;
    answer(socket);
    ::close(socket);
  }
}

void event_receiver::answer(int socket) {
  std::string text;
  auto end = text.npos;
  while ((end = text.find("\r\n\r\n")) == text.npos)
    if (!read_more(socket, text))
      return;
  auto head = text.substr(0, end + 2);
  auto length = header(head, "content-length");
  auto whole = end + 4 + (length.empty() ? 0 : std::stoul(length));
  while (text.size() < whole)
    if (!read_more(socket, text))
      return;
  {
    std::lock_guard guard{mutex_};
    ++seen_[header(head, "webhook-id")];
  }
  constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                                  "Connection: close\r\n\r\n";
  [[maybe_unused]] auto sent
    = ::send(socket, ok.data(), ok.size(), MSG_NOSIGNAL);
}

} // namespace velox::test
