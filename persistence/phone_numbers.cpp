#include "persistence/phone_numbers.hpp"

#include "persistence/tenants.hpp"

namespace velox::persistence {

namespace {

std::vector<phone_number_record> read_all(rows found) {
  std::vector<phone_number_record> result;
  while (found.next())
    result.push_back({.number = found.text(0),
                      .org_id = found.text(1),
                      .agent_id = found.text(2),
                      .carrier = found.text(3),
                      .carrier_id = found.text(4),
                      .created_at = found.integer(5)});
  return result;
}

} // namespace

void phone_numbers::upsert(const phone_number_record& x) {
  transaction all{db_};
  if (!organisations{db_}.find(x.org_id))
    throw not_found{"phone_number.org_id: no such organisation"};
  if (!x.agent_id.empty() && !agents{db_}.find(x.org_id, x.agent_id))
    throw not_found{"phone_number.agent_id: the organisation has no such "
                    "agent"};
  auto answers = agents{db_}.find_by_own_number(x.number);
  if (answers && (answers->org_id != x.org_id || answers->id != x.agent_id))
    throw database_error{failure::constraint,
                         "phone_number.number: another agent answers this "
                         "number; take it from that agent first"};
  auto changed = db_.execute(
    "INSERT INTO phone_numbers (number, org_id, agent_id, carrier, carrier_id, "
    "created_at) VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6) "
    "ON CONFLICT (number) DO UPDATE SET agent_id = excluded.agent_id, "
    "carrier = excluded.carrier, carrier_id = excluded.carrier_id "
    "WHERE phone_numbers.org_id = excluded.org_id",
    x.number, x.org_id, x.agent_id, x.carrier, x.carrier_id, x.created_at);
  if (changed == 0)
    throw database_error{failure::constraint,
                         "phone_number.number: another organisation has this "
                         "number"};
  all.commit();
}

std::optional<phone_number_record>
phone_numbers::find(std::string_view org_id, std::string_view number) {
  auto found = read_all(db_.query(
    "SELECT number, org_id, agent_id, carrier, carrier_id, created_at "
    "FROM phone_numbers WHERE org_id = $1 AND number = $2",
    org_id, number));
  if (found.empty())
    return std::nullopt;
  return found.front();
}

std::vector<phone_number_record> phone_numbers::list(std::string_view org_id) {
  return read_all(db_.query(
    "SELECT number, org_id, agent_id, carrier, carrier_id, created_at "
    "FROM phone_numbers WHERE org_id = $1 ORDER BY number",
    org_id));
}

void phone_numbers::remove(std::string_view org_id, std::string_view number) {
  auto removed = db_.execute("DELETE FROM phone_numbers "
                             "WHERE org_id = $1 AND number = $2",
                             org_id, number);
  if (removed == 0)
    throw not_found{"the organisation has no such number"};
}

} // namespace velox::persistence
