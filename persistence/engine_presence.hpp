#pragma once

#include "persistence/open_database.hpp"

#include <memory>

namespace velox::persistence {

/// Tells engines on one PostgreSQL database of each other: each holds a lock of
/// the server for as long as it lives, however it ends. An SQLite database has
/// one engine, which its data directory's lock sees to.
/// Stores join too, with every connection that they open, so that an engine is
/// still seen after the server was restarted.
class engine_presence {
public:
  /// Connects and joins; waits up to a second to be alone. Throws
  /// database_error.
  explicit engine_presence(const database_options& options);

  /// Was no other engine there when we joined?
  bool was_alone() const { return alone_; }

private:
  bool try_alone();

  std::unique_ptr<connection> db_; ///< null for SQLite
  bool alone_ = true;
};

/// Joins with this connection, for as long as it lasts. Throws database_error.
void join_engines(connection& db);

} // namespace velox::persistence
