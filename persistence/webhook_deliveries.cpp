#include "persistence/webhook_deliveries.hpp"

namespace velox::persistence {

bool webhook_deliveries::keep(const keep_stripe_event& x) {
  return db_.execute("INSERT INTO webhook_deliveries (source, event_id, kind, "
                     "object_id, body, created, received_at, status, attempts, "
                     "next_attempt_at, problem, waits_for) VALUES ('stripe', "
                     "$1, $2, $3, $4, $5, $6, 'received', 0, $6, '', '') "
                     "ON CONFLICT (source, event_id) DO NOTHING",
                     x.event_id, x.kind, x.object_id, x.body, x.created, x.at)
         > 0;
}

std::optional<due_event> webhook_deliveries::take(unix_ms now, unix_ms until,
                                                  std::string_view event_id) {
  // The time is asked for twice: whoever waited for another's update sees it.
  constexpr std::string_view due
    = "UPDATE webhook_deliveries SET attempts = attempts + 1, "
      "next_attempt_at = $2 WHERE source = 'stripe' AND event_id = "
      "(SELECT event_id FROM webhook_deliveries WHERE source = 'stripe' "
      "AND status IN ('received', 'waiting') AND next_attempt_at <= $1 "
      "ORDER BY next_attempt_at, created, event_id LIMIT 1) "
      "AND status IN ('received', 'waiting') AND next_attempt_at <= $1 "
      "RETURNING event_id, kind, body, attempts";
  constexpr std::string_view named
    = "SELECT event_id, kind, body, attempts FROM webhook_deliveries "
      "WHERE source = 'stripe' AND event_id = $1 "
      "AND status IN ('received', 'waiting')";
  auto found = event_id.empty() ? db_.query(due, now, until)
                                : db_.query(named, event_id);
  if (!found.next())
    return std::nullopt;
  return due_event{found.text(0), found.text(1), found.text(2),
                   found.integer(3)};
}

bool webhook_deliveries::begin_settling(std::string_view event_id) {
  return db_.execute("UPDATE webhook_deliveries SET waits_for = '' "
                     "WHERE source = 'stripe' AND event_id = $1 "
                     "AND status IN ('received', 'waiting')",
                     event_id)
         > 0;
}

void webhook_deliveries::settle(std::string_view event_id,
                                std::string_view status,
                                std::string_view problem) {
  db_.execute("UPDATE webhook_deliveries SET status = $2, problem = $3, "
              "waits_for = '' WHERE source = 'stripe' AND event_id = $1 "
              "AND status IN ('received', 'waiting')",
              event_id, status, problem);
}

void webhook_deliveries::wait(std::string_view event_id, unix_ms next,
                              std::string_view problem,
                              std::string_view waits_for) {
  db_.execute("UPDATE webhook_deliveries SET status = 'waiting', "
              "next_attempt_at = $2, problem = $3, waits_for = $4 "
              "WHERE source = 'stripe' AND event_id = $1 "
              "AND status IN ('received', 'waiting')",
              event_id, next, problem, waits_for);
}

void webhook_deliveries::free_claims(unix_ms now) {
  db_.execute("UPDATE webhook_deliveries SET next_attempt_at = $1 "
              "WHERE status = 'received' AND next_attempt_at > $1",
              now);
}

void webhook_deliveries::wake(std::string_view waits_for, unix_ms now) {
  if (waits_for.empty())
    return;
  db_.execute("UPDATE webhook_deliveries SET next_attempt_at = $2, "
              "attempts = attempts - 1 WHERE source = 'stripe' "
              "AND waits_for = $1 AND status = 'waiting' AND attempts > 0",
              waits_for, now);
}

std::vector<stripe_event_record> webhook_deliveries::troubled(int64_t limit) {
  std::vector<stripe_event_record> out;
  auto found = db_.query("SELECT event_id, kind, object_id, status, attempts, "
                         "problem, received_at FROM webhook_deliveries "
                         "WHERE source = 'stripe' "
                         "AND status IN ('waiting', 'failed') "
                         "ORDER BY received_at DESC, event_id LIMIT $1",
                         limit);
  while (found.next())
    out.push_back({found.text(0), found.text(1), found.text(2), found.text(3),
                   found.integer(4), found.text(5), found.integer(6)});
  return out;
}

void webhook_deliveries::retry(std::string_view event_id, unix_ms now) {
  if (db_.execute("UPDATE webhook_deliveries SET status = 'waiting', "
                  "attempts = 0, next_attempt_at = $2 WHERE source = 'stripe' "
                  "AND event_id = $1 AND status = 'failed'",
                  event_id, now)
      == 0)
    throw not_found{"no failed event of Stripe's has this id"};
}

} // namespace velox::persistence
