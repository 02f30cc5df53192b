#pragma once

#include "config/settings.hpp"
#include "persistence/engine_presence.hpp"
#include "protocol/prices.hpp"
#include "protocol/records.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace velox::cli {

/// Which database the settings name: PostgreSQL, or a file in the data
/// directory.
persistence::database_options
database_of(const config::storage_settings& settings);

/// The engine's data directory, held by this process alone: two engines on one
/// SQLite file would take each other's live calls for the remains of a crash.
class data_directory {
public:
  /// Makes the directory when missing. Throws std::runtime_error when another
  /// engine holds it, or it cannot be written.
  explicit data_directory(const config::storage_settings& settings);
  ~data_directory();

  data_directory(const data_directory&) = delete;
  data_directory& operator=(const data_directory&) = delete;

  const persistence::database_options& database() const { return database_; }

  /// Brings the database up to date, explains the calls that a crash cut off,
  /// unless other engines hold calls on the same database, and adds or replaces
  /// `agents`, and lets `prices` count from now on. Returns how many calls were
  /// cut off.
  size_t prepare(const std::vector<agent_record>& agents,
                 int64_t initial_credit_seconds, const price_list& prices);

private:
  std::filesystem::path path_;
  persistence::database_options database_;
  std::optional<persistence::engine_presence> presence_;
  int lock_ = -1;
};

/// The organisation that everything belongs to until there are others.
inline constexpr std::string_view default_organisation = "default";

/// The agents of the files, or the built-in example when there are none.
/// Throws config::config_error with the lines to mend.
std::vector<agent_record> load_agents(const std::vector<std::string>& files);

} // namespace velox::cli
