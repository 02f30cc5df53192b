#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace velox::test {

/// What a proxy does with those who come.
enum class proxy_manner : uint8_t {
  relays,    ///< CONNECT: a tunnel; else its own answer, "by proxy"
  asks,      ///< 407
  mute,      ///< reads and says nothing
  garbles,   ///< answers what is no HTTP
  interrupts ///< speaks behind its 200, before it was asked
};

/// An HTTP proxy on a free port of 127.0.0.1 that speaks to one peer after the
/// other, each on a thread of its own. Destruction ends all of them.
class fake_proxy {
public:
  explicit fake_proxy(proxy_manner manner = proxy_manner::relays);
  ~fake_proxy();
  fake_proxy(const fake_proxy&) = delete;
  fake_proxy& operator=(const fake_proxy&) = delete;

  /// "http://USERINFO@localhost:PORT", as HTTPS_PROXY has it.
  std::string url(const std::string& userinfo = "") const;

  /// The heads of what was asked, each with its empty line.
  std::vector<std::string> heads() const;

private:
  void accept_all();
  void serve(int peer);
  void answer(int peer, const std::string& head);
  void relay(int peer, int to) const;
  int keep(int fd);

  const proxy_manner manner_;
  uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> ending_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> heads_;
  std::vector<int> sockets_; ///< closed at the end
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

} // namespace velox::test
