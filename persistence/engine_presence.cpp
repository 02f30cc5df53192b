#include "persistence/engine_presence.hpp"

namespace velox::persistence {

engine_presence::engine_presence(const database_options& options) {
  if (options.url.empty())
    return;
  db_ = open_database(options);
  // Any number that nobody else takes: "engin" in ASCII. Whoever is alone may
  // have it for itself; then it is shared, so that others see somebody.
  auto found = db_->query("SELECT pg_try_advisory_lock(435643967854)");
  alone_ = found.next() && found.boolean(0);
  db_->query("SELECT pg_advisory_lock_shared(435643967854)").next();
  if (alone_)
    db_->query("SELECT pg_advisory_unlock(435643967854)").next();
}

} // namespace velox::persistence
