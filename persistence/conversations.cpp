#include "persistence/conversations.hpp"

#include "persistence/call_notices.hpp"
#include "persistence/costs.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace velox::persistence {

namespace {

constexpr const char* too_late
  = "the call's lease was taken by another node; this one writes no more of it";

conversation_status parse_status(std::string_view text) {
  for (auto status :
       {conversation_status::active, conversation_status::completed,
        conversation_status::failed})
    if (text == to_text(status))
      return status;
  return conversation_status::abandoned; // the schema admits no other text
}

std::optional<conversation_record> read_conversation(rows found) {
  if (!found.next())
    return std::nullopt;
  return conversation_record{
    .call_id = found.text(0),
    .org_id = found.text(1),
    .agent_id = found.text(2),
    .caller = found.text(3),
    .called = found.text(4),
    .status = parse_status(found.text(5)),
    .started_at = found.integer(6),
    .ended_at = found.integer(7),
    .ended_because = found.text(8),
    .explanation = found.text(9),
    .transfer_to = found.text(10),
    .billed_seconds = found.integer(11),
  };
}

/// Did the call end without anybody having wanted it to?
bool may_reopen(const conversation_record& x) {
  constexpr auto accidents
    = std::array{end_reason::engine_crashed, end_reason::engine_stopped,
                 end_reason::wire_lost};
  return std::any_of(accidents.begin(), accidents.end(),
                     [&](auto why) { return x.ended_because == to_text(why); });
}

} // namespace

conversation_record conversations::open(const conversation_record& x,
                                        int64_t fence, std::string_view node) {
  transaction all{db_};
  auto stored = find(x.call_id);
  if (stored && stored->org_id != x.org_id)
    throw not_found{"the call belongs to another organisation"};
  if (stored && may_reopen(*stored)) {
    db_.execute("UPDATE conversations SET status = 'ACTIVE', ended_at = NULL, "
                "ended_because = '', explanation = '', transfer_to = '' "
                "WHERE call_id = $1",
                x.call_id);
    stored = find(x.call_id);
  }
  if (!stored) {
    auto added = db_.execute(
      "INSERT INTO conversations (call_id, org_id, agent_id, caller, called, "
      "status, started_at, ended_because, explanation, transfer_to, "
      "billed_seconds) "
      "SELECT $1, org_id, id, $4, $5, 'ACTIVE', $6, '', '', '', $7 "
      "FROM agents WHERE org_id = $2 AND id = $3",
      x.call_id, x.org_id, x.agent_id, x.caller, x.called, x.started_at,
      x.billed_seconds);
    if (added == 0)
      throw not_found{"conversation.agent_id: the organisation has no such "
                      "agent"};
    stored = find(x.call_id);
    call_notices{db_}.started(*stored);
  }
  raise_fence(x.call_id, fence, node);
  all.commit("conversation.open");
  return *stored;
}

/// Whoever took the call's lease before this one writes no more.
void conversations::raise_fence(std::string_view call_id, int64_t fence,
                                std::string_view node) {
  if (fence == 0)
    return;
  auto raised = db_.execute("UPDATE conversations SET fence = $2, node = $3 "
                            "WHERE call_id = $1 AND fence <= $2",
                            call_id, fence, node);
  if (raised == 0)
    throw database_error{failure::constraint, too_late};
}

void conversations::close(const close_conversation& x) {
  if (x.status == conversation_status::active)
    throw database_error{failure::constraint,
                         "close_conversation.status: an ended call is not "
                         "ACTIVE"};
  transaction all{db_};
  auto bill = lock_bill(x.call_id);
  if (bill)
    charge_carrier(x.call_id, *bill, x.at);
  auto closed = db_.execute(
    "UPDATE conversations SET status = $2, ended_at = $3, ended_because = $4, "
    "explanation = $5, transfer_to = $6, billed_seconds = $7, "
    "cost_micro = COALESCE((SELECT CAST(SUM(e.cost_micro) AS BIGINT) "
    "FROM cost_events e WHERE e.call_id = $1), 0) "
    "WHERE call_id = $1 AND status = 'ACTIVE' "
    "AND (CAST($8 AS BIGINT) = 0 OR fence <= CAST($8 AS BIGINT))",
    x.call_id, to_text(x.status), x.at, to_text(x.why), x.explanation,
    x.transfer_to, bill ? bill->seconds : x.billed_seconds, x.fence);
  if (closed == 0)
    insist_on_fence(x.call_id, x.fence);
  if (closed != 0 && (!bill || bill->final))
    call_notices{db_}.ended(*find(x.call_id));
  all.commit("conversation.close");
}

void conversations::insist_on_fence(std::string_view call_id, int64_t fence) {
  auto found
    = db_.query("SELECT fence FROM conversations WHERE call_id = $1", call_id);
  if (!found.next())
    throw not_found{"no such conversation"};
  auto newest = found.integer(0);
  while (found.next())
    ;
  if (fence != 0 && newest > fence)
    throw database_error{failure::constraint, too_late};
}

void conversations::settled(std::string_view call_id) {
  auto bill = lock_bill(call_id);
  auto call = find(call_id);
  if (!bill || !call || call->status == conversation_status::active)
    return; // whoever closes it takes the bill along
  charge_carrier(call_id, *bill, call->ended_at);
  db_.execute("UPDATE conversations SET billed_seconds = $2, "
              "cost_micro = COALESCE((SELECT CAST(SUM(e.cost_micro) AS BIGINT) "
              "FROM cost_events e WHERE e.call_id = $1), 0) "
              "WHERE call_id = $1",
              call_id, bill->seconds);
  call->billed_seconds = bill->seconds;
  call_notices{db_}.ended(*call);
}

unix_ms conversations::last_event(std::string_view call_id) {
  auto found = db_.query("SELECT at FROM call_events WHERE call_id = $1 "
                         "ORDER BY sequence DESC LIMIT 1",
                         call_id);
  return found.next() ? found.integer(0) : 0;
}

/// For the time that the caller was on the line, however it is billed.
void conversations::charge_carrier(std::string_view call_id, const bill& of,
                                   unix_ms at) {
  std::string carrier;
  {
    auto found = db_.query("SELECT carrier FROM conversations "
                           "WHERE call_id = $1",
                           call_id);
    if (!found.next())
      return; // whoever asked is told by what follows
    carrier = found.text(0);
  }
  costs{db_}.add_carrier(call_id, carrier, of.talked_seconds, at);
}

/// What the ledger has billed so far. Holds the row, so that of two who settle
/// and close at once, the later sees what the earlier did.
std::optional<conversations::bill>
conversations::lock_bill(std::string_view call_id) {
  auto found = db_.query("UPDATE call_reservations SET leg = leg "
                         "WHERE call_id = $1 RETURNING billed_seconds, status, "
                         "talked_seconds",
                         call_id);
  if (!found.next())
    return std::nullopt;
  bill result{found.integer(0), found.text(1) == "settled", found.integer(2)};
  while (found.next())
    ;
  return result;
}

std::optional<conversation_record>
conversations::find(std::string_view call_id) {
  return read_conversation(db_.query(
    "SELECT call_id, org_id, agent_id, caller, called, status, started_at, "
    "ended_at, ended_because, explanation, transfer_to, billed_seconds "
    "FROM conversations WHERE call_id = $1",
    call_id));
}

std::optional<conversation_record>
conversations::find(std::string_view org_id, std::string_view call_id) {
  auto found = find(call_id);
  return found && found->org_id == org_id ? found : std::nullopt;
}

} // namespace velox::persistence
