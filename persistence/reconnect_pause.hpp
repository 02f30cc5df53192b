#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace velox::persistence {

/// When a connection that could not be opened may be tried again: after 100 ms,
/// then twice as long each time up to 5 s, each time shortened by chance by up
/// to a half, so that many engines do not come back in one moment.
class reconnect_pause {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::milliseconds shortest{100};
  static constexpr std::chrono::milliseconds longest{5000};

  explicit reconnect_pause(uint32_t seed = std::random_device{}())
    : chance_(seed) {}

  bool over(time_point now) const { return now >= until_; }

  /// The connection could not be opened.
  void failed(time_point now);

  /// The connection is open: the next failure begins anew.
  void succeeded();

private:
  std::mt19937 chance_;
  std::chrono::milliseconds next_ = shortest;
  time_point until_{};
};

} // namespace velox::persistence
