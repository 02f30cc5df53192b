#include "persistence/database.hpp"

#include "config/failpoint.hpp"

#include <exception>

namespace velox::persistence {

namespace {

std::string save_point(size_t depth) {
  return "level_" + std::to_string(depth);
}

} // namespace

transaction::transaction(connection& db) : db_(db), depth_(db.depth_) {
  if (depth_ == 0)
    db_.run_script(std::string{db_.speaks().begin});
  else
    db_.run_script("SAVEPOINT " + save_point(depth_));
  ++db_.depth_;
}

transaction::~transaction() {
  if (!open_)
    return;
  --db_.depth_;
  try {
    if (depth_ == 0)
      db_.run_script("ROLLBACK");
    else
      db_.run_script("ROLLBACK TO SAVEPOINT " + save_point(depth_)
                     + "; RELEASE SAVEPOINT " + save_point(depth_));
  } catch (const std::exception&) {
    // The engine has rolled back by itself, as it does when the disk is full.
  }
}

void transaction::commit(std::string_view place) {
  if (!place.empty())
    config::failpoint(place, "before");
  if (depth_ == 0)
    db_.run_script("COMMIT");
  else
    db_.run_script("RELEASE SAVEPOINT " + save_point(depth_));
  // After a failed commit the destructor still rolls back.
  open_ = false;
  --db_.depth_;
  if (!place.empty())
    config::failpoint(place, "after");
}

} // namespace velox::persistence
