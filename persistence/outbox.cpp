#include "persistence/outbox.hpp"

namespace velox::persistence {

void outbox::add(const outbox_event& x) {
  db_.execute("INSERT INTO outbox (org_id, event_id, kind, call_id, body, "
              "status, attempts, next_attempt_at, last_problem, created_at) "
              "SELECT $1, $2, $3, $4, $5, 'pending', 0, $6, '', $6 "
              "WHERE EXISTS (SELECT 1 FROM webhook_endpoints "
              "WHERE org_id = $1 AND deleted_at IS NULL) "
              "ON CONFLICT (org_id, event_id) DO NOTHING",
              x.org_id, x.event_id, x.kind, x.call_id, x.data, x.at);
}

} // namespace velox::persistence
