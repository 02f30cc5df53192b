#pragma once

#include "protocol/interfaces.hpp"

#include <caf/timespan.hpp>

#include <chrono>
#include <filesystem>
#include <functional>

namespace velox::recording {

struct retention_options {
  std::filesystem::path directory;
  store_actor store;
  std::function<unix_ms()> time_of_day;
  /// How long between two looks; the first is at the start.
  caf::timespan every = std::chrono::hours{24};
  /// A file that no row names is deleted once it is this old: a younger one may
  /// belong to a call that has just begun, or to a store that is down.
  std::chrono::milliseconds stray_after = std::chrono::hours{24};
};

struct retention_state {
  static inline const char* name = "recording-retention";

  retention_options options;
  uint64_t look = 0;   ///< numbers the timers
  size_t deleted = 0;  ///< in this look
  size_t pages = 0;    ///< of due recordings, in this look
  size_t failures = 0; ///< files that stay although they should not
};

/// Deletes recordings that were kept long enough, file first, then row; and
/// files that belong to no call. What cannot be deleted, or asked, is tried
/// again at the next look. Blocks on the disk, so spawn it detached.
recording_retention_actor::behavior_type recording_retention(
  recording_retention_actor::stateful_pointer<retention_state> self,
  const retention_options& options);

} // namespace velox::recording
