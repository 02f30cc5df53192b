#pragma once

#include "persistence/database.hpp"
#include "protocol/messages.hpp"

#include <string_view>
#include <vector>

namespace velox::persistence {

/// Whose recordings there are, where, and for how long.
class recordings {
public:
  /// How many `list` and `due` return at most.
  static constexpr size_t page = 500;
  static constexpr size_t due_page = 100;

  explicit recordings(connection& db) : db_(db) {}

  /// Adds it, or gives the known file of the same organisation its length and
  /// size. Throws not_found when the organisation has no such call, or the file
  /// is another one's.
  void store(const recording_record& x);

  /// Newest first; of one call unless `call_id` is empty.
  std::vector<recording_record>
  list(std::string_view org_id, std::string_view call_id);

  /// What may not be kept any longer, of all organisations, oldest first.
  std::vector<recording_record> due(unix_ms now);

  /// There is no such file any more. It is no error when that was known.
  void forget(std::string_view org_id, std::string_view file);

  /// Those of `files` that no row names, whatever the organisation.
  std::vector<std::string> strays(const std::vector<std::string>& files);

private:
  connection& db_;
};

} // namespace velox::persistence
