#pragma once

#include "persistence/database.hpp"
#include "protocol/tenant_records.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// The numbers that organisations hold beside those in their agents' rows. A
/// number belongs to one organisation.
class phone_numbers {
public:
  explicit phone_numbers(connection& db) : db_(db) {}

  /// Adds the number, or gives the organisation's own one another agent and
  /// carrier. Throws not_found when there is no such agent or organisation,
  /// database_error (constraint) when the number is another organisation's, or
  /// another agent's who answers it by its own row.
  void upsert(const phone_number_record& x);

  std::optional<phone_number_record>
  find(std::string_view org_id, std::string_view number);

  /// By number.
  std::vector<phone_number_record> list(std::string_view org_id);

  /// Throws not_found when the organisation has no such number.
  void remove(std::string_view org_id, std::string_view number);

private:
  connection& db_;
};

} // namespace velox::persistence
