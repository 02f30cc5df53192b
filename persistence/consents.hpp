#pragma once

#include "persistence/database.hpp"
#include "protocol/tenant_records.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// What people agreed to. Rows are only ever added: what holds is the newest.
class consents {
public:
  explicit consents(connection& db) : db_(db) {}

  /// Keeps it; the same once more changes nothing. Throws not_found when there
  /// is no such organisation, database_error (constraint) for another purpose
  /// than those of consent_record.
  void add(const consent_record& x);

  /// The newest word about this purpose; none: nothing was said.
  std::optional<consent_record>
  latest(std::string_view org_id, std::string_view phone_number,
         std::string_view purpose);

  /// All that a person ever said, newest first, at most 500.
  std::vector<consent_record>
  history(std::string_view org_id, std::string_view phone_number);

private:
  connection& db_;
};

} // namespace velox::persistence
