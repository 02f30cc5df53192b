#pragma once

#include "persistence/database.hpp"
#include "protocol/tenant_records.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// Which tools agents may use.
class tool_permissions {
public:
  explicit tool_permissions(connection& db) : db_(db) {}

  /// Adds or replaces what holds for the agent and the tool. Throws not_found
  /// when the organisation has no such agent.
  void set(const tool_permission& x);

  /// None: nothing was ever said about this tool.
  std::optional<tool_permission>
  find(std::string_view org_id, std::string_view agent_id,
       std::string_view tool);

  /// By tool.
  std::vector<tool_permission>
  list(std::string_view org_id, std::string_view agent_id);

private:
  connection& db_;
};

} // namespace velox::persistence
