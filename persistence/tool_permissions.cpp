#include "persistence/tool_permissions.hpp"

#include "persistence/tenants.hpp"

namespace velox::persistence {

namespace {

std::vector<tool_permission> read_all(rows found) {
  std::vector<tool_permission> result;
  while (found.next())
    result.push_back({.org_id = found.text(0),
                      .agent_id = found.text(1),
                      .tool = found.text(2),
                      .allowed = found.boolean(3),
                      .calls_per_day = found.integer(4),
                      .changed_at = found.integer(5)});
  return result;
}

} // namespace

void tool_permissions::set(const tool_permission& x) {
  transaction all{db_};
  if (!agents{db_}.find(x.org_id, x.agent_id))
    throw not_found{"tool_permission.agent_id: the organisation has no such "
                    "agent"};
  db_.execute("INSERT INTO tool_permissions (org_id, agent_id, tool, allowed, "
              "calls_per_day, changed_at) VALUES ($1, $2, $3, $4, $5, $6) "
              "ON CONFLICT (org_id, agent_id, tool) DO UPDATE SET "
              "allowed = excluded.allowed, "
              "calls_per_day = excluded.calls_per_day, "
              "changed_at = excluded.changed_at",
              x.org_id, x.agent_id, x.tool, x.allowed, x.calls_per_day,
              x.changed_at);
  all.commit();
}

std::optional<tool_permission>
tool_permissions::find(std::string_view org_id, std::string_view agent_id,
                       std::string_view tool) {
  auto found = read_all(db_.query(
    "SELECT org_id, agent_id, tool, allowed, calls_per_day, changed_at "
    "FROM tool_permissions WHERE org_id = $1 AND agent_id = $2 AND tool = $3",
    org_id, agent_id, tool));
  if (found.empty())
    return std::nullopt;
  return found.front();
}

std::vector<tool_permission>
tool_permissions::list(std::string_view org_id, std::string_view agent_id) {
  return read_all(db_.query(
    "SELECT org_id, agent_id, tool, allowed, calls_per_day, changed_at "
    "FROM tool_permissions WHERE org_id = $1 AND agent_id = $2 ORDER BY tool",
    org_id, agent_id));
}

} // namespace velox::persistence
