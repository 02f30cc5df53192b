#include "persistence/call_notices.hpp"

#include "persistence/call_log.hpp"
#include "persistence/iso_time.hpp"
#include "persistence/outbox.hpp"
#include "protocol/json.hpp"

namespace velox::persistence {

namespace {

json_object about(const conversation_record& x) {
  return json_object{}
    .add("call_id", x.call_id)
    .add("organisation_id", x.org_id)
    .add("agent_id", x.agent_id)
    .add("caller", x.caller)
    .add("called", x.called)
    .add("started_at", iso_time(x.started_at));
}

json_array transcript(const std::vector<message_record>& messages) {
  json_array result;
  for (auto& x : messages) {
    json_object one;
    one.add("turn", x.turn).add("role", x.role).add("text", x.text);
    if (x.role == "assistant") // of what was said, all that reached the ear
      one.add("heard", x.heard.heard);
    result.add(one.add("at", iso_time(x.at)));
  }
  return result;
}

} // namespace

void call_notices::started(const conversation_record& x) {
  outbox_event event;
  event.org_id = x.org_id;
  event.event_id = "call.started:" + x.call_id;
  event.kind = "call.started";
  event.call_id = x.call_id;
  event.data = about(x).str();
  event.at = x.started_at;
  outbox{db_}.add(event);
}

void call_notices::ended(const conversation_record& x) {
  auto found = db_.query("SELECT cost_micro FROM conversations "
                         "WHERE call_id = $1",
                         x.call_id);
  int64_t cost = found.next() ? found.integer(0) : 0;
  outbox_event event;
  event.org_id = x.org_id;
  event.event_id = "call.ended:" + x.call_id + ":" + std::to_string(x.ended_at);
  event.kind = "call.ended";
  event.call_id = x.call_id;
  event.data
    = about(x)
        .add("ended_at", iso_time(x.ended_at))
        .add("status", to_text(x.status))
        .add("reason", x.ended_because)
        .add("explanation", x.explanation)
        .add("transfer_to", x.transfer_to)
        .add("duration_seconds", (x.ended_at - x.started_at + 999) / 1000)
        .add("billed_seconds", x.billed_seconds)
        .add("cost_micro", cost)
        .add("transcript",
             transcript(call_log{db_}.messages(x.org_id, x.call_id)))
        .str();
  event.at = x.ended_at;
  outbox{db_}.add(event);
}

} // namespace velox::persistence
