#pragma once

#include <caf/actor_clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace velox::actors {

/// Tells what time it is on the carrier's clock, in milliseconds since its
/// stream began, from when its audio arrives. Both sides of a recording are
/// placed by it, so they do not drift apart. A plain class.
class media_clock {
public:
  using time_point = caf::actor_clock::time_point;

  explicit media_clock(time_point began = {}) : began_(began) {}

  /// Audio that the carrier stamped with `at_ms` (-1: with nothing) has
  /// arrived, `bytes` of mu-law. Returns where it belongs.
  int64_t arrived(int64_t at_ms, size_t bytes, time_point now);

  /// What the carrier's clock shows at `at`.
  int64_t ms_at(time_point at) const;

private:
  time_point began_{};
  int64_t next_ms_ = 0; ///< where audio without a stamp goes on
  /// How far the carrier's clock is behind ours: the least that was seen, for
  /// audio comes late but never early.
  std::optional<int64_t> behind_ms_;
};

} // namespace velox::actors
