#pragma once

#include "persistence/database.hpp"
#include "protocol/records.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// The organisations that use the engine.
class organisations {
public:
  explicit organisations(connection& db) : db_(db) {}

  /// Adds the organisation, or renames the one with this id. The talk time of a
  /// known one is left alone: calls have drawn on it.
  void upsert(const organisation_record& x);

  std::optional<organisation_record> find(std::string_view id);

private:
  connection& db_;
};

/// The agents of all organisations. An id is unique within an organisation.
class agents {
public:
  explicit agents(connection& db) : db_(db) {}

  /// Adds the agent or replaces the one with this id. Throws not_found when
  /// there is no such organisation, database_error (constraint) when another
  /// active agent has the number.
  void upsert(const agent_record& x);

  /// The active agent that answers `phone_number` (E.164): the one question
  /// that comes without an organisation, for it finds out which one.
  std::optional<agent_record> find_by_number(std::string_view phone_number);

  /// Active or not.
  std::optional<agent_record>
  find(std::string_view org_id, std::string_view id);

  /// By name.
  std::vector<agent_record> list(std::string_view org_id);

private:
  connection& db_;
};

} // namespace velox::persistence
