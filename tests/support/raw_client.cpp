#include "tests/support/raw_client.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

raw_client::raw_client(uint16_t port) {
  fd_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof(where)) != 0)
    throw std::runtime_error("cannot connect to the server under test");
}

raw_client::~raw_client() {
  ::close(fd_);
}

void raw_client::send(std::string_view text) {
  while (!text.empty()) {
    auto n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return; // closed by the server: the test reads why
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool raw_client::receive() {
  pollfd wait{fd_, POLLIN, 0};
  if (poll(&wait, 1, 5000) <= 0) {
    buffer_ += "<timeout>";
    return false;
  }
  char chunk[4096];
  auto n = recv(fd_, chunk, sizeof(chunk), 0);
  if (n <= 0)
    return false;
  buffer_.append(chunk, static_cast<std::size_t>(n));
  return true;
}

std::string raw_client::read_all() {
  while (receive()) {
  }
  return std::exchange(buffer_, {});
}

std::string raw_client::read_response() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!receive())
      return std::exchange(buffer_, {});
  end += 4;
  auto field = buffer_.substr(0, end).find("Content-Length: ");
  if (field != std::string::npos)
    end += std::strtoul(buffer_.c_str() + field + 16, nullptr, 10);
  while (buffer_.size() < end)
    if (!receive())
      break;
  auto out = buffer_.substr(0, end);
  buffer_.erase(0, end);
  return out;
}

bool raw_client::closed() {
  return read_all().empty();
}

unsigned status_of(std::string_view response) {
  if (!response.starts_with("HTTP/1.1 "))
    return 0;
  return static_cast<unsigned>(
    std::strtoul(std::string{response.substr(9, 3)}.c_str(), nullptr, 10));
}

std::string body_of(std::string_view response) {
  auto end = response.find("\r\n\r\n");
  return end == std::string_view::npos ? ""
                                       : std::string{response.substr(end + 4)};
}
