#include "persistence/webhook_endpoints.hpp"

namespace velox::persistence {

void webhook_endpoints::put(const webhook_endpoint& x) {
  auto known = db_.query("SELECT 1 FROM organisations WHERE id = $1 "
                         "AND deleted_at IS NULL",
                         x.org_id);
  if (!known.next())
    throw not_found{"there is no such organisation"};
  db_.execute("INSERT INTO webhook_endpoints (org_id, id, url, secret_sealed, "
              "old_secret_sealed, disabled_because, created_at, deleted_at) "
              "VALUES ($1, 'default', $2, $3, $4, '', $5, NULL) "
              "ON CONFLICT (org_id, id) DO UPDATE SET url = excluded.url, "
              "secret_sealed = excluded.secret_sealed, "
              "old_secret_sealed = excluded.old_secret_sealed, "
              "disabled_because = '', created_at = excluded.created_at, "
              "deleted_at = NULL",
              x.org_id, x.url, x.secret_sealed, x.old_secret_sealed,
              x.created_at);
}

webhook_endpoint webhook_endpoints::find(std::string_view org_id) {
  auto found = db_.query("SELECT org_id, url, secret_sealed, "
                         "old_secret_sealed, disabled_because, created_at "
                         "FROM webhook_endpoints WHERE org_id = $1 "
                         "AND id = 'default' AND deleted_at IS NULL",
                         org_id);
  if (!found.next())
    throw not_found{"the organisation has no webhook endpoint"};
  return {found.text(0), found.text(1), found.text(2),
          found.text(3), found.text(4), found.integer(5)};
}

void webhook_endpoints::remove(std::string_view org_id, unix_ms now) {
  transaction all{db_};
  // The secrets have no business here any more.
  if (db_.execute("UPDATE webhook_endpoints SET deleted_at = $2, "
                  "secret_sealed = '', old_secret_sealed = '' "
                  "WHERE org_id = $1 AND deleted_at IS NULL",
                  org_id, now)
      == 0)
    throw not_found{"the organisation has no webhook endpoint"};
  give_up(org_id, "the endpoint was removed", now);
  all.commit();
}

void webhook_endpoints::disable(std::string_view org_id, std::string_view why,
                                unix_ms now) {
  transaction all{db_};
  if (db_.execute("UPDATE webhook_endpoints SET disabled_because = $2 "
                  "WHERE org_id = $1 AND deleted_at IS NULL "
                  "AND disabled_because = ''",
                  org_id, why)
      > 0)
    give_up(org_id, "the endpoint is disabled", now);
  all.commit();
}

void webhook_endpoints::give_up(std::string_view org_id, std::string_view why,
                                unix_ms now) {
  db_.execute("UPDATE outbox SET status = 'dead', last_problem = $2, "
              "finished_at = $3 WHERE org_id = $1 AND status = 'pending'",
              org_id, why, now);
}

} // namespace velox::persistence
