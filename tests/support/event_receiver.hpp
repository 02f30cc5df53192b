#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace velox::test {

/// A merchant's endpoint: takes every webhook, answers 200 and remembers which
/// events came how often.
class event_receiver {
public:
  event_receiver();
  ~event_receiver();
  event_receiver(const event_receiver&) = delete;
  event_receiver& operator=(const event_receiver&) = delete;

  /// "http://127.0.0.1:port/events".
  std::string url() const;

  /// How often each webhook-id came.
  std::map<std::string, int> seen() const;

private:
  void serve();
  void answer(int socket);

  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> over_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, int> seen_;
  std::thread thread_;
};

} // namespace velox::test
