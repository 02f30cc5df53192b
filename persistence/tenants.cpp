#include "persistence/tenants.hpp"

#include "persistence/ledger.hpp"

namespace velox::persistence {

namespace {

/// In the order of the columns that all queries for agents name.
agent_record read_agent(const rows& row) {
  return {
    .id = row.text(0),
    .org_id = row.text(1),
    .name = row.text(2),
    .phone_number = row.text(3),
    .language = row.text(4),
    .voice = row.text(5),
    .model = row.text(6),
    .script = row.text(7),
    .active = row.boolean(8),
  };
}

std::optional<agent_record> first_agent(rows found) {
  if (!found.next())
    return std::nullopt;
  return read_agent(found);
}

} // namespace

void organisations::upsert(const organisation_record& x) {
  transaction all{db_};
  auto added = db_.execute(
    "INSERT INTO organisations (id, name, credit_seconds) VALUES ($1, $2, 0) "
    "ON CONFLICT (id) DO NOTHING",
    x.id, x.name);
  if (added == 0)
    db_.execute("UPDATE organisations SET name = $2 WHERE id = $1", x.id,
                x.name);
  else if (x.credit_seconds != 0)
    ledger{db_}.grant(x.id, x.credit_seconds, "opening", "opening credit", 0);
  all.commit();
}

std::optional<organisation_record> organisations::find(std::string_view id) {
  auto found = db_.query(
    "SELECT id, name, credit_seconds FROM organisations WHERE id = $1", id);
  if (!found.next())
    return std::nullopt;
  return organisation_record{found.text(0), found.text(1), found.integer(2)};
}

void agents::upsert(const agent_record& x) {
  transaction all{db_};
  if (!organisations{db_}.find(x.org_id))
    throw not_found{"agent.org_id: no such organisation; add it first"};
  auto rival = x.active ? find_by_number(x.phone_number) : std::nullopt;
  if (rival && (rival->org_id != x.org_id || rival->id != x.id))
    throw database_error{failure::constraint,
                         "agent.phone_number: another active agent answers "
                         "this number; deactivate that one or take another "
                         "number"};
  db_.execute(
    "INSERT INTO agents (id, org_id, name, phone_number, language, voice, "
    "model, script, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, "
    "phone_number = excluded.phone_number, language = excluded.language, "
    "voice = excluded.voice, model = excluded.model, script = excluded.script, "
    "active = excluded.active",
    x.id, x.org_id, x.name, x.phone_number, x.language, x.voice, x.model,
    x.script, x.active);
  all.commit();
}

std::optional<agent_record>
agents::find_by_number(std::string_view phone_number) {
  return first_agent(db_.query(
    "SELECT id, org_id, name, phone_number, language, voice, model, script, "
    "active FROM agents "
    "WHERE phone_number = $1 AND active AND phone_number <> ''",
    phone_number));
}

std::optional<agent_record>
agents::find(std::string_view org_id, std::string_view id) {
  return first_agent(db_.query(
    "SELECT id, org_id, name, phone_number, language, voice, model, script, "
    "active FROM agents WHERE org_id = $1 AND id = $2",
    org_id, id));
}

std::vector<agent_record> agents::list(std::string_view org_id) {
  auto found = db_.query(
    "SELECT id, org_id, name, phone_number, language, voice, model, script, "
    "active FROM agents WHERE org_id = $1 ORDER BY name, id",
    org_id);
  std::vector<agent_record> result;
  while (found.next())
    result.push_back(read_agent(found));
  return result;
}

} // namespace velox::persistence
