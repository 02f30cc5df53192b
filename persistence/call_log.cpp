#include "persistence/call_log.hpp"

#include "persistence/conversations.hpp"
#include "persistence/costs.hpp"
#include "persistence/storable_text.hpp"

#include <set>

namespace velox::persistence {

namespace {

// The organisation is that of the call, whatever the writer believes. There is
// none for an unknown call, nor for whoever has an outdated lease on it, and
// then the rule NOT NULL refuses the row.

void add(batch& to, const call_event& ev, int64_t fence) {
  if (ev.sequence == 0)
    throw database_error{failure::constraint,
                         "call_event.sequence: the first event has 1"};
  to.add("INSERT INTO call_events (call_id, sequence, org_id, at, kind, turn, "
         "detail) VALUES ($1, $2, "
         "(SELECT org_id FROM conversations WHERE call_id = $1 "
         "AND (CAST($7 AS BIGINT) = 0 OR fence <= CAST($7 AS BIGINT))), "
         "$3, $4, $5, $6) ON CONFLICT (call_id, sequence) DO NOTHING",
         ev.call_id, ev.sequence, ev.at, ev.kind, ev.turn, storable(ev.detail),
         fence);
}

void add(batch& to, const message_record& msg, int64_t fence) {
  to.add(
    "INSERT INTO messages (call_id, turn, role, org_id, text, heard, sent, "
    "unsent, at, model, prompt_tokens, completion_tokens, latency_ms) "
    "VALUES ($1, $2, $3, "
    "(SELECT org_id FROM conversations WHERE call_id = $1 "
    "AND (CAST($13 AS BIGINT) = 0 OR fence <= CAST($13 AS BIGINT))), "
    "$4, $5, $6, $7, $8, $9, $10, $11, $12) "
    "ON CONFLICT (call_id, turn, role) DO UPDATE SET text = excluded.text, "
    "heard = excluded.heard, sent = excluded.sent, unsent = excluded.unsent, "
    "model = excluded.model, prompt_tokens = excluded.prompt_tokens, "
    "completion_tokens = excluded.completion_tokens, "
    "latency_ms = excluded.latency_ms",
    msg.call_id, msg.turn, msg.role, storable(msg.text),
    storable(msg.heard.heard), storable(msg.heard.sent),
    storable(msg.heard.unsent), msg.at, storable(msg.model), msg.usage.prompt,
    msg.usage.completion, msg.latency_ms, fence);
}

/// The ids of all calls that `x` has something of.
std::set<std::string_view> calls_of(const call_log_batch& x) {
  std::set<std::string_view> result;
  for (auto& ev : x.events)
    result.insert(ev.call_id);
  for (auto& msg : x.messages)
    result.insert(msg.call_id);
  for (auto& use : x.usage)
    result.insert(use.call_id);
  return result;
}

} // namespace

void call_log::append(const call_log_batch& x) {
  const call_log_batch* one[] = {&x};
  append(one);
}

void call_log::append(std::span<const call_log_batch* const> all,
                      std::string_view place) {
  batch writes{db_};
  for (auto x : all) {
    for (auto& ev : x->events)
      add(writes, ev, x->fence);
    for (auto& msg : x->messages)
      add(writes, msg, x->fence);
    for (auto& use : x->usage)
      add_usage(writes, use);
  }
  try {
    writes.run(place);
  } catch (const database_error& e) {
    if (e.why() != failure::constraint)
      throw;
    for (auto x : all) // which rule was it?
      for (auto id : calls_of(*x))
        conversations{db_}.insist_on_fence(id, x->fence);
    throw;
  }
}

void call_log::insist_on_call(std::string_view call_id) {
  if (!conversations{db_}.find(call_id))
    throw not_found{"no such conversation; open it before its log"};
}

std::vector<message_record>
call_log::messages(std::string_view org_id, std::string_view call_id) {
  if (!conversations{db_}.find(org_id, call_id))
    throw not_found{"the organisation has no such conversation"};
  // "user" sorts behind "assistant", and within a turn the caller came first.
  auto found = db_.query(
    "SELECT call_id, turn, role, text, heard, sent, unsent, at, model, "
    "prompt_tokens, completion_tokens, latency_ms FROM messages "
    "WHERE call_id = $1 AND org_id = $2 ORDER BY turn, at, role DESC",
    call_id, org_id);
  std::vector<message_record> result;
  while (found.next()) {
    auto& msg = result.emplace_back();
    msg.call_id = found.text(0);
    msg.turn = static_cast<uint64_t>(found.integer(1));
    msg.role = found.text(2);
    msg.text = found.text(3);
    msg.heard = {found.text(4), found.text(5), found.text(6)};
    msg.at = found.integer(7);
    msg.model = found.text(8);
    msg.usage = {found.integer(9), found.integer(10)};
    msg.latency_ms = found.integer(11);
  }
  return result;
}

std::vector<call_event>
call_log::events(std::string_view call_id, uint64_t after) {
  auto found = db_.query(
    "SELECT call_id, sequence, at, kind, turn, detail FROM call_events "
    "WHERE call_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3",
    call_id, after, page);
  std::vector<call_event> result;
  while (found.next()) {
    auto& ev = result.emplace_back();
    ev.call_id = found.text(0);
    ev.sequence = static_cast<uint64_t>(found.integer(1));
    ev.at = found.integer(2);
    ev.kind = found.text(3);
    ev.turn = static_cast<uint64_t>(found.integer(4));
    ev.detail = found.text(5);
  }
  if (result.empty())
    insist_on_call(call_id);
  return result;
}

} // namespace velox::persistence
