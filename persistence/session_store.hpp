#pragma once

#include "persistence/shared_sessions.hpp"
#include "protocol/session_store.hpp"

#include <caf/fwd.hpp>
#include <caf/timespan.hpp>

#include <functional>
#include <memory>
#include <string>

namespace velox::persistence {

struct session_store_options {
  std::string node; ///< see `is_node_name`
  /// What the nodes share; null: this process is alone.
  std::shared_ptr<shared_sessions> shared{};
  /// How often leases are renewed: well within their time.
  caf::timespan renewal = std::chrono::seconds{5};
  /// Of one call, stages are shown no more often than this.
  caf::timespan stage_pause = std::chrono::milliseconds{100};
  /// So many calls that ended while nobody could be told are remembered.
  size_t most_ended = 10'000;
  /// The time of day; empty: the system's.
  std::function<unix_ms()> time_of_day{};
};

/// Starts the session store. It never blocks: what is shared answers later, and
/// while it cannot be reached, this process decides alone.
session_store_actor
spawn_session_store(caf::actor_system& sys, session_store_options options);

} // namespace velox::persistence
