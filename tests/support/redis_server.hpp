#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace velox::test {

/// A redis-server of the test's own, to be killed and stopped at will; the one
/// that all tests share (tests/support/servers.sh) must live. Throws
/// std::runtime_error when there is no redis-server.
class redis_server {
public:
  /// Starts it on a free port of 127.0.0.1. `arguments`: more of the command
  /// line, such as "--requirepass", "x".
  explicit redis_server(std::vector<std::string> arguments = {});
  ~redis_server();

  redis_server(const redis_server&) = delete;
  redis_server& operator=(const redis_server&) = delete;

  uint16_t port() const { return port_; }

  /// "redis://127.0.0.1:port".
  std::string url() const;

  /// Starts it again after `kill`, empty, on the same port.
  void start();

  /// SIGKILL: its data is lost.
  void kill();

  /// SIGSTOP and SIGCONT: it accepts connections and does not answer.
  void pause();
  void resume();

private:
  std::vector<std::string> arguments_;
  uint16_t port_ = 0;
  pid_t pid_ = -1;
};

/// The Redis that all tests of this build share. Throws std::runtime_error with
/// the fix when nobody has started it.
std::string shared_redis_url(const std::filesystem::path& build);

} // namespace velox::test
