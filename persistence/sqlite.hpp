#pragma once

#include "persistence/database.hpp"

#include <chrono>
#include <filesystem>
#include <memory>

namespace velox::persistence {

/// How to open an SQLite database.
struct sqlite_options {
  std::filesystem::path file;
  /// Make the file, readable for its owner only, and its folder when missing.
  bool create = true;
  /// How long a statement waits for other connections' locks.
  std::chrono::milliseconds patience{2000};
};

/// Opens a database in WAL mode with foreign keys enforced. What is committed
/// survives the end of the process, however sudden. When the machine itself
/// loses power, commits since the last checkpoint may be lost (synchronous =
/// NORMAL); the database stays consistent. Throws database_error.
std::unique_ptr<connection> open_sqlite(const sqlite_options& options);

} // namespace velox::persistence
