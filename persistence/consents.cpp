#include "persistence/consents.hpp"

#include "persistence/tenants.hpp"

namespace velox::persistence {

namespace {

std::vector<consent_record> read_all(rows found) {
  std::vector<consent_record> result;
  while (found.next())
    result.push_back({.org_id = found.text(0),
                      .phone_number = found.text(1),
                      .purpose = found.text(2),
                      .given = found.boolean(3),
                      .at = found.integer(4),
                      .call_id = found.text(5),
                      .evidence = found.text(6)});
  return result;
}

} // namespace

void consents::add(const consent_record& x) {
  transaction all{db_};
  if (!organisations{db_}.find(x.org_id))
    throw not_found{"consent.org_id: no such organisation"};
  db_.execute("INSERT INTO consents (org_id, phone_number, purpose, given, at, "
              "call_id, evidence) VALUES ($1, $2, $3, $4, $5, $6, $7) "
              "ON CONFLICT (org_id, phone_number, purpose, at) DO NOTHING",
              x.org_id, x.phone_number, x.purpose, x.given, x.at, x.call_id,
              x.evidence);
  all.commit();
}

std::optional<consent_record>
consents::latest(std::string_view org_id, std::string_view phone_number,
                 std::string_view purpose) {
  auto found = read_all(db_.query(
    "SELECT org_id, phone_number, purpose, given, at, call_id, evidence "
    "FROM consents WHERE org_id = $1 AND phone_number = $2 AND purpose = $3 "
    "ORDER BY at DESC LIMIT 1",
    org_id, phone_number, purpose));
  if (found.empty())
    return std::nullopt;
  return found.front();
}

std::vector<consent_record>
consents::history(std::string_view org_id, std::string_view phone_number) {
  return read_all(db_.query(
    "SELECT org_id, phone_number, purpose, given, at, call_id, evidence "
    "FROM consents WHERE org_id = $1 AND phone_number = $2 "
    "ORDER BY at DESC, purpose LIMIT 500",
    org_id, phone_number));
}

} // namespace velox::persistence
