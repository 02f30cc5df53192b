#include "persistence/dnd_checks.hpp"

#include "persistence/tenants.hpp"

namespace velox::persistence {

void dnd_checks::add(const dnd_check& x) {
  transaction all{db_};
  if (!organisations{db_}.find(x.org_id))
    throw not_found{"dnd_check.org_id: no such organisation"};
  db_.execute(
    "INSERT INTO dnd_checks (org_id, phone_number, purpose, verdict, reason, "
    "evidence_id, checked_at, expires_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
    "ON CONFLICT (org_id, phone_number, purpose, checked_at) DO NOTHING",
    x.org_id, x.phone_number, x.purpose, x.verdict, x.reason, x.evidence_id,
    x.checked_at, x.expires_at);
  all.commit();
}

std::optional<dnd_check>
dnd_checks::valid(std::string_view org_id, std::string_view phone_number,
                  std::string_view purpose, unix_ms now) {
  // The newest one decides, also when an older one would hold for longer.
  auto found = db_.query(
    "SELECT org_id, phone_number, purpose, verdict, reason, evidence_id, "
    "checked_at, expires_at FROM dnd_checks "
    "WHERE org_id = $1 AND phone_number = $2 AND purpose = $3 "
    "ORDER BY checked_at DESC LIMIT 1",
    org_id, phone_number, purpose);
  if (!found.next() || found.integer(7) <= now)
    return std::nullopt;
  return dnd_check{.org_id = found.text(0),
                   .phone_number = found.text(1),
                   .purpose = found.text(2),
                   .verdict = found.text(3),
                   .reason = found.text(4),
                   .evidence_id = found.text(5),
                   .checked_at = found.integer(6),
                   .expires_at = found.integer(7)};
}

} // namespace velox::persistence
