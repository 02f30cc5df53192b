#pragma once

#include "persistence/open_database.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Brings a database to the schema that this binary expects, one numbered file
/// of persistence/migrations after the other, upwards only.

namespace velox::persistence {

/// One file of persistence/migrations, `0001_tenants.sql`.
struct migration {
  uint32_t version = 0; ///< from 1 without gaps
  std::string_view name;
  std::string_view sql; ///< with the dialect's words
};

/// All migrations compiled into this binary, in order.
std::span<const migration> all_migrations();

/// One migration as a database knows it.
struct migration_step {
  uint32_t version = 0;
  std::string name;
  int64_t applied_at = 0; ///< Unix time in milliseconds; 0: pending
};

/// Where a database stands.
struct migration_report {
  std::vector<migration_step> steps; ///< all, in order
  size_t applied_now = 0;            ///< how many this run applied

  /// How many this database still needs.
  size_t pending() const;
};

/// The database and this binary do not belong together: an applied migration
/// was changed, is missing here, or comes from a newer binary. The text names
/// it and says what to do.
class migration_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Applies what is pending, each migration in a transaction of its own, also
/// when several processes do so at once. Throws migration_error and
/// database_error; what was applied before the failure stays.
migration_report
migrate(connection& db, std::span<const migration> known = all_migrations());

/// The same for the database that `options` name, with all the time that a
/// migration may need; an SQLite file is made when missing.
migration_report migrate(const database_options& options);

/// The same for the SQLite database in `file`.
migration_report migrate(const std::filesystem::path& file);

/// Where the database stands, without changing it. Throws as `migrate` does.
migration_report
migration_status(connection& db,
                 std::span<const migration> known = all_migrations());

/// The same for the database that `options` name; all is pending when there is
/// no such SQLite file.
migration_report migration_status(const database_options& options);

/// The same for the SQLite database in `file`.
migration_report migration_status(const std::filesystem::path& file);

} // namespace velox::persistence
