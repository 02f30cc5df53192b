#pragma once

#include "persistence/database.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace velox::persistence {

/// Which database, and how patient we are with it. With a `url` it is
/// PostgreSQL; without, an SQLite file, which is made and migrated at the first
/// request and never made anew after that: a database that vanishes under a
/// running engine is an error and not an empty database.
struct database_options {
  /// postgresql://user:password@host:5432/database. It holds a password, so it
  /// appears in no log and no error.
  std::string url{};
  std::filesystem::path file{};
  /// Make the SQLite file when it is missing.
  bool create = true;
  /// How long a statement waits for other connections' locks.
  std::chrono::milliseconds patience{2000};
  /// PostgreSQL: the longest that one statement may take; 0: for ever. A server
  /// that is silent for two seconds more is taken for dead.
  std::chrono::milliseconds statement_timeout{5000};
  /// PostgreSQL: how long connecting may take, all of the URL's hosts together.
  std::chrono::milliseconds connect_timeout{5000};
};

/// What `options` say: a connection, not migrated. Throws database_error.
std::unique_ptr<connection> open_database(const database_options& options);

} // namespace velox::persistence
