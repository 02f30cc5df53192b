#pragma once

#include "persistence/store.hpp"

#include <caf/fwd.hpp>
#include <caf/timespan.hpp>

#include <cstddef>
#include <functional>

namespace velox::persistence {

/// How a pool of stores is made.
struct pool_options {
  /// Makes one store; a function, so that tests can pose as stores.
  std::function<store_actor()> make;
  /// How many there are, each with a connection of its own.
  size_t size = 4;
  /// How many requests may wait for one store. One more is refused.
  size_t queue = 1000;
  /// A store that has given no answer for so long is taken for stuck: what
  /// comes then is refused instead of waiting too.
  caf::timespan patience = std::chrono::seconds{20};
};

/// Hands requests to stores. What concerns one call goes to one store and is
/// carried out in order; all else goes to the store with the least to do. An
/// answer comes after the commit, so whoever has it reads what was written,
/// whichever store is asked. A refused request is an errc::store_failed that
/// says so, and was not carried out. The pool ends with any of its stores.
store_actor spawn_store_pool(caf::actor_system& sys, pool_options options);

/// What the options call for: one store for SQLite, `size` for PostgreSQL.
store_actor
spawn_stores(caf::actor_system& sys, const store_options& options, size_t size);

} // namespace velox::persistence
