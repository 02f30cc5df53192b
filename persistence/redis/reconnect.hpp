#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace velox::persistence::redis {

/// When to try to connect again: pauses that double, each shortened at random
/// by up to a half, so that the nodes of an installation do not come back all
/// at once. Not thread-safe.
class reconnect {
public:
  using clock = std::chrono::steady_clock;

  reconnect(std::chrono::milliseconds first, std::chrono::milliseconds longest)
    : first_(first), longest_(longest) {}

  bool due(clock::time_point now) const { return now >= next_; }
  clock::time_point next() const { return next_; }

  /// The attempt, or the connection, has failed.
  void failed(clock::time_point now) {
    pause_ = std::clamp(pause_ * 2, first_, longest_);
    std::uniform_real_distribution<double> part{0.5, 1.0};
    next_
      = now
        + std::chrono::duration_cast<clock::duration>(pause_ * part(random_));
  }

  void worked() { pause_ = std::chrono::milliseconds{0}; }

private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds pause_{0};
  clock::time_point next_{};
  std::minstd_rand random_{std::random_device{}()};
};

} // namespace velox::persistence::redis
