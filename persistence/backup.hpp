#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

namespace velox::persistence {

/// What a backup has copied so far, in pages of the database.
struct backup_progress {
  int64_t copied = 0;
  int64_t of = 0;
};

/// Copies the SQLite database `from` into the new file `to`, as of one moment,
/// while others go on writing; then reads the copy through. `report` is called
/// now and then; it may be empty. Throws database_error when `from` cannot be
/// read, `to` exists or cannot be written, or the copy is not whole; then there
/// is no file `to`.
void backup_sqlite(const std::filesystem::path& from,
                   const std::filesystem::path& to,
                   const std::function<void(const backup_progress&)>& report);

} // namespace velox::persistence
