#pragma once

#include <algorithm>
#include <chrono>

namespace velox::carriers::twilio {

/// A leaky bucket: what is poured in drains at `rate` per second; more than
/// `capacity` at a time is too much.
class rate_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  rate_limit(double rate, double capacity) : rate_(rate), capacity_(capacity) {}

  /// Pours in `amount`. False when the bucket overflows.
  bool add(double amount, time_point now) {
    auto passed = std::chrono::duration<double>(now - last_).count();
    last_ = now;
    level_ = std::max(0.0, level_ - std::max(0.0, passed) * rate_) + amount;
    return level_ <= capacity_;
  }

private:
  double rate_;
  double capacity_;
  double level_ = 0;
  time_point last_{};
};

} // namespace velox::carriers::twilio
