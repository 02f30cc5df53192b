#pragma once

#include "persistence/database.hpp"
#include "protocol/tenant_records.hpp"

#include <optional>
#include <string_view>

namespace velox::persistence {

/// What do-not-disturb registers said, and until when it holds. Rows are only
/// ever added: they are the evidence.
class dnd_checks {
public:
  explicit dnd_checks(connection& db) : db_(db) {}

  /// Keeps it; the same once more changes nothing. Throws not_found when there
  /// is no such organisation, database_error (constraint) for another purpose
  /// or verdict than those of dnd_check.
  void add(const dnd_check& x);

  /// The newest answer that still holds; none: the register has to be asked.
  std::optional<dnd_check>
  valid(std::string_view org_id, std::string_view phone_number,
        std::string_view purpose, unix_ms now);

private:
  connection& db_;
};

} // namespace velox::persistence
