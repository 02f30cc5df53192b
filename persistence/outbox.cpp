#include "persistence/outbox.hpp"

#include "persistence/retry.hpp"
#include "persistence/webhook_endpoints.hpp"

namespace velox::persistence {

namespace {

/// Takes one row. The conditions are asked again of the row itself: on
/// PostgreSQL two who choose the same one wait for each other, and the second
/// must find that it was taken.
constexpr std::string_view claim_one
  = "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = $2 "
    "WHERE id = (SELECT o.id FROM outbox o "
    "JOIN webhook_endpoints e ON e.org_id = o.org_id AND e.id = 'default' "
    "AND e.deleted_at IS NULL AND e.disabled_because = '' "
    "WHERE o.status = 'pending' AND o.next_attempt_at <= $1 "
    "AND NOT EXISTS (SELECT 1 FROM outbox b WHERE b.org_id = o.org_id "
    "AND b.call_id = o.call_id AND b.call_id <> '' AND b.id < o.id "
    "AND b.status = 'pending' "
    "AND (b.attempts < 3 OR b.next_attempt_at <= $2)) "
    "ORDER BY o.next_attempt_at, o.id LIMIT 1) "
    "AND status = 'pending' AND next_attempt_at <= $1 "
    "RETURNING id, event_id, kind, call_id, body, created_at, attempts, org_id";

} // namespace

void outbox::add(const outbox_event& x) {
  db_.execute("INSERT INTO outbox (org_id, event_id, kind, call_id, body, "
              "status, attempts, next_attempt_at, last_problem, created_at) "
              "SELECT $1, $2, $3, $4, $5, 'pending', 0, $6, '', $6 "
              "WHERE EXISTS (SELECT 1 FROM webhook_endpoints "
              "WHERE org_id = $1 AND deleted_at IS NULL "
              "AND disabled_because = '') "
              "ON CONFLICT (org_id, event_id) DO NOTHING",
              x.org_id, x.event_id, x.kind, x.call_id, x.data, x.at);
}

std::vector<claimed_webhook> outbox::claim(const claim_webhooks& x) {
  return with_retries([&] { return claim_once(x); });
}

std::vector<claimed_webhook> outbox::claim_once(const claim_webhooks& x) {
  std::vector<claimed_webhook> out;
  transaction all{db_};
  while (static_cast<int64_t>(out.size()) < x.limit) {
    auto found = db_.query(claim_one, x.now, x.now + x.lease);
    if (!found.next())
      break;
    auto& one = out.emplace_back();
    one.id = found.integer(0);
    one.event_id = found.text(1);
    one.kind = found.text(2);
    one.call_id = found.text(3);
    one.data = found.text(4);
    one.happened_at = found.integer(5);
    one.attempt = found.integer(6);
    one.endpoint.org_id = found.text(7);
  }
  webhook_endpoints endpoints{db_};
  for (auto& one : out)
    one.endpoint = endpoints.find(one.endpoint.org_id);
  all.commit(out.empty() ? "" : "outbox.claim");
  return out;
}

void outbox::free_claims(unix_ms now) {
  // One that has failed before keeps its pause.
  db_.execute("UPDATE outbox SET next_attempt_at = $1 "
              "WHERE status = 'pending' AND attempts = 1 "
              "AND last_problem = '' AND next_attempt_at > $1",
              now);
}

void outbox::finish(const finish_webhook& x) {
  with_retries([&] { finish_once(x); });
}

void outbox::finish_once(const finish_webhook& x) {
  transaction all{db_};
  std::string org; // whose it was; empty: the attempt was too late
  if (auto found = db_.query(
        "UPDATE outbox SET status = $3, next_attempt_at = $4, "
        "last_problem = $5, finished_at = CASE WHEN $3 = 'pending' THEN NULL "
        "ELSE CAST($6 AS BIGINT) END WHERE id = $1 AND attempts = $2 "
        "AND status = 'pending' RETURNING org_id",
        x.id, x.attempt, x.status, x.next_attempt_at, x.problem, x.now);
      found.next())
    org = found.text(0);
  if (!org.empty() && !x.disable_because.empty())
    webhook_endpoints{db_}.disable(org, x.disable_because, x.now);
  all.commit("outbox.finish");
}

webhook_backlog outbox::backlog() {
  auto found = db_.query("SELECT "
                         "(SELECT COUNT(*) FROM outbox "
                         "WHERE status = 'pending'), "
                         "(SELECT COUNT(*) FROM outbox WHERE status = 'dead')");
  found.next();
  return {found.integer(0), found.integer(1)};
}

std::vector<webhook_record> outbox::list(const list_webhooks& x) {
  std::vector<webhook_record> out;
  auto found
    = db_.query("SELECT id, org_id, event_id, kind, call_id, status, attempts, "
                "next_attempt_at, last_problem, created_at FROM outbox "
                "WHERE (org_id = $1 OR $1 = '') AND (status = $2 OR $2 = '') "
                "ORDER BY id DESC LIMIT $3",
                x.org_id, x.status, x.limit);
  while (found.next())
    out.push_back({found.integer(0), found.text(1), found.text(2),
                   found.text(3), found.text(4), found.text(5),
                   found.integer(6), found.integer(7), found.text(8),
                   found.integer(9)});
  return out;
}

void outbox::retry(const retry_webhook& x) {
  if (db_.execute("UPDATE outbox SET status = 'pending', attempts = 0, "
                  "next_attempt_at = $3, finished_at = NULL "
                  "WHERE org_id = $1 AND id = $2 AND status = 'dead'",
                  x.org_id, x.id, x.now)
      == 0)
    throw not_found{"the organisation has no such dead webhook"};
}

} // namespace velox::persistence
