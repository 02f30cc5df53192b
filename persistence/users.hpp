#pragma once

#include "persistence/database.hpp"
#include "protocol/tenant_records.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// Who may do what in which organisation. One person may be in several.
class users {
public:
  explicit users(connection& db) : db_(db) {}

  /// Adds the user, or changes email, name and role of the one with this id;
  /// one that was removed is back. Throws not_found when there is no such
  /// organisation, database_error (constraint) when another user of it has the
  /// email.
  void upsert(const user_record& x);

  std::optional<user_record> find(std::string_view org_id, std::string_view id);

  /// By name.
  std::vector<user_record> list(std::string_view org_id);

  /// Where the person with this id belongs, one record per organisation that is
  /// alive: the question of a login, which comes without an organisation.
  std::vector<user_record> memberships(std::string_view id);

  /// Throws not_found when there is no such user.
  void remove(std::string_view org_id, std::string_view id, unix_ms now);

private:
  connection& db_;
};

} // namespace velox::persistence
