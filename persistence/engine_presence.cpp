#include "persistence/engine_presence.hpp"

#include <chrono>
#include <thread>

namespace velox::persistence {

void join_engines(connection& db) {
  // Any number that nobody else takes: "engin" in ASCII.
  if (db.speaks().engine == "postgresql")
    db.query("SELECT pg_advisory_lock_shared(435643967854)").next();
}

engine_presence::engine_presence(const database_options& options) {
  if (options.url.empty())
    return;
  db_ = open_database(options);
  // Whoever is alone may have it for itself; then it is shared, so that others
  // see somebody.
  // A server takes a moment to see that an engine was killed.
  auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{1};
  while (!(alone_ = try_alone()) && std::chrono::steady_clock::now() < give_up)
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  join_engines(*db_);
  if (alone_)
    db_->query("SELECT pg_advisory_unlock(435643967854)").next();
}

bool engine_presence::try_alone() {
  auto found = db_->query("SELECT pg_try_advisory_lock(435643967854)");
  return found.next() && found.boolean(0);
}

} // namespace velox::persistence
