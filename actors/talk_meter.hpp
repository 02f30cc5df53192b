#pragma once

#include "protocol/messages.hpp"

#include <caf/actor_clock.hpp>
#include <caf/timespan.hpp>

#include <vector>

namespace velox::actors {

/// Cuts the time of a call into ticks to be charged: tick k is the k-th stretch
/// of `length` from the start on, the last one is what is left, in whole
/// seconds rounded up. The same instants always give the same ticks, so that
/// whoever charges after a restart charges the same thing again.
class talk_meter {
public:
  using time_point = caf::actor_clock::time_point;

  talk_meter(time_point start, caf::timespan length)
    : start_(start), length_(length) {}

  /// When tick `tick` (from 0) is over.
  time_point end_of(uint64_t tick) const {
    return start_ + length_ * static_cast<int64_t>(tick + 1);
  }

  /// How many ticks are over at `now`.
  uint64_t complete(time_point now) const;

  /// The whole seconds of one complete tick.
  int64_t tick_seconds() const;

  /// The seconds of the incomplete tick at `now`, rounded up.
  int64_t rest(time_point now) const;

  /// The seconds of all ticks and the rest.
  int64_t total(time_point now) const;

private:
  time_point start_;
  caf::timespan length_;
};

} // namespace velox::actors
