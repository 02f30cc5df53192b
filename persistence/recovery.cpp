#include "persistence/recovery.hpp"

#include "persistence/conversations.hpp"
#include "persistence/iso_time.hpp"
#include "persistence/ledger.hpp"
#include "persistence/retry.hpp"
#include "protocol/conversation_end.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <optional>

namespace velox::persistence {

namespace {

/// The end as the call itself has logged it, when only its storing was cut off.
struct logged_end {
  unix_ms at = 0;
  end_reason why = end_reason::engine_crashed;
  std::string explanation;
};

std::optional<logged_end>
find_logged_end(connection& db, std::string_view call_id) {
  std::string kind;
  std::string detail;
  logged_end result;
  {
    auto found = db.query("SELECT at, kind, detail FROM call_events "
                          "WHERE call_id = $1 ORDER BY sequence DESC LIMIT 1",
                          call_id);
    if (!found.next())
      return std::nullopt;
    result.at = found.integer(0);
    kind = found.text(1);
    detail = found.text(2);
  }
  rapidjson::Document known;
  if (kind != "ended" || read_json(detail, known) != json_error::none)
    return std::nullopt;
  auto why = parse_end_reason(json_text(known, "reason").value_or(""));
  if (!why)
    return std::nullopt;
  result.why = *why;
  result.explanation = json_text(known, "explanation").value_or("");
  return result;
}

velox::close_conversation
explain(const conversation_record& call, unix_ms last_event, unix_ms now) {
  velox::close_conversation result;
  result.call_id = call.call_id;
  result.why = end_reason::engine_crashed;
  result.billed_seconds = call.billed_seconds; // what is billed stays billed
  result.explanation = "The engine died during this call; ";
  if (last_event != 0) {
    result.status = conversation_status::failed;
    result.at = std::max(call.started_at, last_event);
    result.explanation
      += "the last event of its log is from " + iso_time(last_event);
  } else {
    result.status = conversation_status::abandoned;
    result.at = call.started_at;
    result.explanation += "it began at " + iso_time(call.started_at)
                          + " and nothing was logged after that";
  }
  result.explanation += ". Found at " + iso_time(now) + ".";
  return result;
}

} // namespace

std::vector<std::string> recovery::quiet(unix_ms quiet_since) {
  std::vector<std::string> result;
  auto found = db_.query(
    "SELECT q.call_id FROM ("
    "SELECT call_id FROM call_reservations WHERE status = 'open' "
    "UNION SELECT call_id FROM conversations WHERE status = 'ACTIVE') q "
    "LEFT JOIN call_reservations r ON r.call_id = q.call_id "
    "LEFT JOIN conversations c ON c.call_id = q.call_id "
    "WHERE COALESCE(r.opened_at, 0) <= $1 "
    "AND COALESCE(r.leg_started_at, 0) <= $1 "
    "AND COALESCE(c.started_at, 0) <= $1 "
    "AND COALESCE((SELECT e.at FROM call_events e "
    "WHERE e.call_id = q.call_id ORDER BY e.sequence DESC LIMIT 1), 0) <= $1 "
    "AND COALESCE((SELECT MAX(l.at) FROM ledger_entries l "
    "WHERE l.org_id = r.org_id AND l.call_id = q.call_id "
    "AND l.call_id <> ''), 0) <= $1 ORDER BY q.call_id",
    quiet_since);
  while (found.next())
    result.push_back(found.text(0));
  return result;
}

bool recovery::recover(std::string_view call_id, unix_ms now) {
  return with_retries([&] {
    transaction all{db_};
    auto settled = ledger{db_}.settle_from_log(call_id, now);
    auto closed = close_conversation(call_id, now);
    all.commit("ledger.sweep");
    return settled || closed;
  });
}

bool recovery::close_conversation(std::string_view call_id, unix_ms now) {
  conversations calls{db_};
  auto call = calls.find(call_id);
  if (!call || call->status != conversation_status::active)
    return false;
  auto end = explain(*call, calls.last_event(call_id), now);
  if (auto logged = find_logged_end(db_, call_id)) {
    end.at = std::max(call->started_at, logged->at);
    end.why = logged->why;
    end.status = status_of(logged->why);
    end.explanation = logged->explanation;
  }
  calls.close(end);
  return true;
}

size_t
recovery::run(unix_ms quiet_since, unix_ms now,
              const std::function<bool(const std::string&)>& is_carried) {
  size_t result = 0;
  for (auto& call_id : quiet(quiet_since))
    if ((!is_carried || !is_carried(call_id)) && recover(call_id, now))
      ++result;
  return result;
}

} // namespace velox::persistence
