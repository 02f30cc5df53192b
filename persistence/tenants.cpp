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

std::vector<organisation_profile> read_profiles(rows found) {
  std::vector<organisation_profile> result;
  while (found.next())
    result.push_back({.id = found.text(0),
                      .name = found.text(1),
                      .plan = found.text(2),
                      .subscription_status = found.text(3),
                      .stripe_customer_id = found.text(4),
                      .stripe_subscription_id = found.text(5),
                      .low_balance_seconds = found.integer(6),
                      .credit_seconds = found.integer(7),
                      .reserved_seconds = found.integer(8),
                      .owed_seconds = found.integer(9),
                      .created_at = found.integer(10),
                      .deleted_at = found.integer(11)});
  return result;
}

std::optional<organisation_profile>
first(std::vector<organisation_profile> found) {
  if (found.empty())
    return std::nullopt;
  return std::move(found.front());
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
  auto found = db_.query("SELECT id, name, credit_seconds FROM organisations "
                         "WHERE id = $1 AND deleted_at IS NULL",
                         id);
  if (!found.next())
    return std::nullopt;
  return organisation_record{found.text(0), found.text(1), found.integer(2)};
}

std::optional<organisation_profile>
organisations::profile(std::string_view id) {
  return first(read_profiles(
    db_.query("SELECT id, name, plan, subscription_status, stripe_customer_id, "
              "stripe_subscription_id, low_balance_seconds, credit_seconds, "
              "reserved_seconds, owed_seconds, created_at, deleted_at "
              "FROM organisations WHERE id = $1",
              id)));
}

std::vector<organisation_profile> organisations::list(std::string_view after) {
  return read_profiles(
    db_.query("SELECT id, name, plan, subscription_status, stripe_customer_id, "
              "stripe_subscription_id, low_balance_seconds, credit_seconds, "
              "reserved_seconds, owed_seconds, created_at, deleted_at "
              "FROM organisations WHERE id > $1 AND deleted_at IS NULL "
              "ORDER BY id LIMIT 1000",
              after));
}

std::optional<organisation_profile>
organisations::find_by_customer(std::string_view stripe_customer_id) {
  return first(read_profiles(db_.query(
    "SELECT id, name, plan, subscription_status, stripe_customer_id, "
    "stripe_subscription_id, low_balance_seconds, credit_seconds, "
    "reserved_seconds, owed_seconds, created_at, deleted_at "
    "FROM organisations WHERE stripe_customer_id = $1 AND deleted_at IS NULL",
    stripe_customer_id)));
}

void organisations::warn_below(std::string_view id,
                               int64_t low_balance_seconds) {
  if (db_.execute("UPDATE organisations SET low_balance_seconds = $2 "
                  "WHERE id = $1 AND deleted_at IS NULL",
                  id, low_balance_seconds)
      == 0)
    throw not_found{"no such organisation"};
}

void organisations::remove(std::string_view id, unix_ms now) {
  if (db_.execute("UPDATE organisations SET deleted_at = $2 "
                  "WHERE id = $1 AND deleted_at IS NULL",
                  id, now)
      == 0)
    throw not_found{"no such organisation"};
}

// -- agents
// --------------------------------------------------------------------

void agents::insist_on_free_number(const agent_record& x) {
  if (!organisations{db_}.find(x.org_id))
    throw not_found{"agent.org_id: no such organisation; add it first"};
  auto rival = x.active ? find_by_number(x.phone_number) : std::nullopt;
  if (rival && (rival->org_id != x.org_id || rival->id != x.id))
    throw database_error{failure::constraint,
                         "agent.phone_number: another active agent answers "
                         "this number; deactivate that one or take another "
                         "number"};
}

void agents::upsert(const agent_record& x) {
  transaction all{db_};
  insist_on_free_number(x);
  db_.execute(
    "INSERT INTO agents (id, org_id, name, phone_number, language, voice, "
    "model, script, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, "
    "phone_number = excluded.phone_number, language = excluded.language, "
    "voice = excluded.voice, model = excluded.model, script = excluded.script, "
    "active = excluded.active, version = agents.version + 1, "
    "deleted_at = NULL",
    x.id, x.org_id, x.name, x.phone_number, x.language, x.voice, x.model,
    x.script, x.active);
  all.commit();
}

std::optional<agent_record>
agents::find_by_own_number(std::string_view phone_number) {
  return first_agent(db_.query(
    "SELECT a.id, a.org_id, a.name, a.phone_number, a.language, a.voice, "
    "a.model, a.script, a.active "
    "FROM agents a JOIN organisations o ON o.id = a.org_id "
    "WHERE a.phone_number = $1 AND a.active AND a.phone_number <> '' "
    "AND a.deleted_at IS NULL AND o.deleted_at IS NULL",
    phone_number));
}

std::optional<agent_record>
agents::find_by_number(std::string_view phone_number) {
  if (auto agent = find_by_own_number(phone_number))
    return agent;
  return first_agent(db_.query(
    "SELECT a.id, a.org_id, a.name, a.phone_number, a.language, a.voice, "
    "a.model, a.script, a.active "
    "FROM phone_numbers p "
    "JOIN agents a ON a.org_id = p.org_id AND a.id = p.agent_id "
    "JOIN organisations o ON o.id = p.org_id "
    "WHERE p.number = $1 AND a.active AND a.deleted_at IS NULL "
    "AND o.deleted_at IS NULL",
    phone_number));
}

std::optional<agent_record>
agents::find(std::string_view org_id, std::string_view id) {
  return first_agent(db_.query(
    "SELECT id, org_id, name, phone_number, language, voice, model, script, "
    "active FROM agents WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL",
    org_id, id));
}

std::vector<agent_record> agents::list(std::string_view org_id) {
  auto found = db_.query(
    "SELECT id, org_id, name, phone_number, language, voice, model, script, "
    "active FROM agents WHERE org_id = $1 AND deleted_at IS NULL "
    "ORDER BY name, id",
    org_id);
  std::vector<agent_record> result;
  while (found.next())
    result.push_back(read_agent(found));
  return result;
}

std::optional<agent_profile>
agents::profile(std::string_view org_id, std::string_view id) {
  auto found = db_.query(
    "SELECT id, org_id, name, phone_number, language, voice, model, script, "
    "active, prompt, tools, llm_config, flow, version, created_at, updated_at "
    "FROM agents WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL",
    org_id, id);
  if (!found.next())
    return std::nullopt;
  return agent_profile{.agent = read_agent(found),
                       .prompt = found.text(9),
                       .tools = found.text(10),
                       .llm_config = found.text(11),
                       .flow = found.text(12),
                       .version = found.integer(13),
                       .created_at = found.integer(14),
                       .updated_at = found.integer(15)};
}

int64_t agents::save(const agent_profile& x) {
  transaction all{db_};
  auto& agent = x.agent;
  insist_on_free_number(agent);
  auto saved = db_.query(
    "INSERT INTO agents (id, org_id, name, phone_number, language, voice, "
    "model, script, active, prompt, tools, llm_config, flow, version, "
    "created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
    "$11, $12, $13, 1, $14, $15) "
    "ON CONFLICT (org_id, id) DO UPDATE SET name = excluded.name, "
    "phone_number = excluded.phone_number, language = excluded.language, "
    "voice = excluded.voice, model = excluded.model, script = excluded.script, "
    "active = excluded.active, prompt = excluded.prompt, "
    "tools = excluded.tools, llm_config = excluded.llm_config, "
    "flow = excluded.flow, version = agents.version + 1, "
    "updated_at = excluded.updated_at "
    "WHERE agents.version = $16 AND agents.deleted_at IS NULL "
    "RETURNING version",
    agent.id, agent.org_id, agent.name, agent.phone_number, agent.language,
    agent.voice, agent.model, agent.script, agent.active, x.prompt, x.tools,
    x.llm_config, x.flow, x.created_at, x.updated_at, x.version);
  if (!saved.next())
    throw database_error{failure::constraint,
                         "agent.version: the agent was changed meanwhile; read "
                         "it again"};
  auto version = saved.integer(0);
  while (saved.next())
    ;
  all.commit();
  return version;
}

void agents::remove(std::string_view org_id, std::string_view id, unix_ms now) {
  if (db_.execute("UPDATE agents SET deleted_at = $3, active = FALSE, "
                  "version = version + 1, updated_at = $3 "
                  "WHERE org_id = $1 AND id = $2 AND deleted_at IS NULL",
                  org_id, id, now)
      == 0)
    throw not_found{"the organisation has no such agent"};
}

} // namespace velox::persistence
