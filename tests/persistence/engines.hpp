#pragma once

#include "persistence/migrate.hpp"
#include "persistence/open_database.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

/// Both database engines, for tests. A suite that derives from
/// every_database_test or every_tenants_test (records.hpp), writes TEST_P and
/// names itself in VELOX_ON_EVERY_ENGINE runs on both.

namespace velox::persistence {

enum class engine { sqlite, postgres };

inline std::string to_text(engine x) {
  return x == engine::sqlite ? "sqlite" : "postgres";
}

/// Instantiates a suite of TEST_P for SQLite and for PostgreSQL.
#define VELOX_ON_EVERY_ENGINE(Suite)                                           \
  INSTANTIATE_TEST_SUITE_P(                                                    \
    On, Suite,                                                                 \
    ::testing::Values(::velox::persistence::engine::sqlite,                    \
                      ::velox::persistence::engine::postgres),                 \
    [](const auto& x) { return ::velox::persistence::to_text(x.param); })

/// A folder that is gone with its owner.
class temp_folder {
public:
  temp_folder() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "velox-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error("cannot make a temporary folder");
    path_ = pattern;
  }
  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;
  ~temp_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }

private:
  std::filesystem::path path_;
};

/// Where the tests' PostgreSQL is: a URL whose path is to be replaced. Throws
/// with the fix when it does not run.
std::string test_postgres_url();

/// `url` with this database instead of its own.
std::string with_database(const std::string& url, const std::string& name);

/// A database of one test's own, gone with its owner. PostgreSQL: made as a
/// copy of a template, which the first test of a build makes; the server is the
/// one of tests/support/servers.sh.
class test_database {
public:
  /// `migrated`: the schema is there.
  explicit test_database(engine which, bool migrated = true);
  ~test_database();
  test_database(const test_database&) = delete;
  test_database& operator=(const test_database&) = delete;

  /// How to open it. What hangs on a lock hardly waits.
  database_options options() const;

  /// A new connection.
  std::unique_ptr<connection> open() const { return open_database(options()); }

  /// The SQLite file's folder.
  const temp_folder& folder() const { return folder_; }

private:
  temp_folder folder_;
  std::string url_; ///< empty: SQLite
};

} // namespace velox::persistence
