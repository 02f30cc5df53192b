#include "tests/support/redis_server.hpp"

#include "tests/support/eventually.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace velox::test {

namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return result;
}

uint16_t free_port() {
  auto fd = ::socket(AF_INET, SOCK_STREAM, 0);
  auto address = loopback(0);
  socklen_t size = sizeof(address);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, raw, size) != 0
      || ::getsockname(fd, raw, &size) != 0)
    throw std::runtime_error{"there is no free port for redis-server"};
  ::close(fd);
  return ntohs(address.sin_port);
}

bool answers(uint16_t port) {
  auto fd = ::socket(AF_INET, SOCK_STREAM, 0);
  auto address = loopback(port);
  auto ok
    = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address))
      == 0;
  char reply[1];
  ok = ok && ::write(fd, "PING\r\n", 6) == 6 && ::read(fd, reply, 1) == 1;
  ::close(fd);
  return ok;
}

} // namespace

redis_server::redis_server(std::vector<std::string> arguments)
  : arguments_(std::move(arguments)), port_(free_port()) {
  start();
}

redis_server::~redis_server() {
  kill();
}

std::string redis_server::url() const {
  return "redis://127.0.0.1:" + std::to_string(port_);
}

void redis_server::start() {
  std::vector<std::string> words{
    "redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1",
    "--save",       "",       "--appendonly",        "no",     "--dir",
    "/tmp"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> raw;
  for (auto& x : words)
    raw.push_back(x.data());
  raw.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    auto nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::execvp(raw[0], raw.data());
    ::_exit(127);
  }
  if (!eventually([this] { return answers(port_); }))
    throw std::runtime_error{"redis-server does not start: run 'make "
                             "install-test'"};
}

void redis_server::kill() {
  if (pid_ < 0)
    return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void redis_server::pause() {
  ::kill(pid_, SIGSTOP);
}

void redis_server::resume() {
  ::kill(pid_, SIGCONT);
}

std::string shared_redis_url(const std::filesystem::path& build) {
  std::ifstream in{build / "servers" / "redis.url"};
  std::string result;
  if (!(in >> result))
    throw std::runtime_error{
      "there is no Redis for the tests: run them with ctest, or first: "
      "tests/support/servers.sh start "
      + (build / "servers").string()};
  return result;
}

} // namespace velox::test
