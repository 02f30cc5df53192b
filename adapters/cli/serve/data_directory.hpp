#pragma once

#include "protocol/records.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace velox::cli {

/// The engine's data directory, held by this process alone: two engines on one
/// database would take each other's live calls for the remains of a crash.
class data_directory {
public:
  /// Makes the directory when missing. Throws std::runtime_error when another
  /// engine holds it, or it cannot be written.
  explicit data_directory(std::filesystem::path path);
  ~data_directory();

  data_directory(const data_directory&) = delete;
  data_directory& operator=(const data_directory&) = delete;

  std::filesystem::path database() const { return path_ / "velox.db"; }

  /// Brings the database up to date, explains the calls that a crash cut off,
  /// and adds or replaces `agents`. Returns how many calls were cut off.
  size_t prepare(const std::vector<agent_record>& agents,
                 int64_t initial_credit_seconds);

private:
  std::filesystem::path path_;
  int lock_ = -1;
};

/// The organisation that everything belongs to until there are others.
inline constexpr std::string_view default_organisation = "default";

/// The agents of the files, or the built-in example when there are none.
/// Throws config::config_error with the lines to mend.
std::vector<agent_record> load_agents(const std::vector<std::string>& files);

} // namespace velox::cli
