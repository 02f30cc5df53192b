#include "adapters/cli/rehearsal/memory_store.hpp"

#include "protocol/errc.hpp"

#include <caf/actor_system.hpp>
#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <deque>

namespace velox::rehearsal {

namespace {

constexpr size_t page = 500;
constexpr size_t due_page = 100;

/// The store with its own timer.
using memory_store_actor
  = store_actor::extend<caf::reacts_to<caf::timeout_atom>>;

struct memory_store_state {
  static inline const char* name = "memory-store";

  memory_database_ptr db;
  /// What waits for its delay to pass, oldest first.
  std::deque<std::function<void()>> waiting;
};

caf::error not_found(const char* what) {
  return caf::make_error(errc::not_found, std::string{what});
}

caf::error too_late() {
  return caf::make_error(errc::store_failed,
                         std::string{"another node has the call's lease"});
}

/// Has the call been taken by a node with a newer lease than `fence`?
bool is_too_late(const memory_database& db, const std::string& call_id,
                 int64_t fence) {
  auto i = db.fences.find(call_id);
  return fence != 0 && i != db.fences.end() && fence < i->second;
}

bool may_reopen(const conversation_record& x) {
  for (auto why : {end_reason::engine_crashed, end_reason::engine_stopped,
                   end_reason::wire_lost})
    if (x.ended_because == to_text(why))
      return true;
  return false;
}

caf::expected<agent_record>
handle(memory_database& db, const find_agent_by_number& x) {
  for (auto& agent : db.agents)
    if (agent.active && agent.phone_number == x.phone_number)
      return agent;
  return not_found("no active agent answers this number");
}

caf::expected<agent_record> handle(memory_database& db, const find_agent& x) {
  for (auto& agent : db.agents)
    if (agent.org_id == x.org_id && agent.id == x.agent_id)
      return agent;
  return not_found("no such agent in this organisation");
}

caf::expected<conversation_record>
handle(memory_database& db, const open_conversation& x) {
  auto& wanted = x.conversation;
  if (auto agent = handle(db, find_agent{wanted.org_id, wanted.agent_id});
      !agent)
    return agent.error();
  auto [i, added] = db.conversations.try_emplace(wanted.call_id, wanted);
  auto& stored = i->second;
  if (stored.org_id != wanted.org_id)
    return not_found("the call belongs to another organisation");
  if (x.fence != 0) {
    auto& fence = db.fences[wanted.call_id];
    if (x.fence < fence)
      return too_late();
    fence = x.fence;
  }
  if (added || may_reopen(stored)) {
    stored.status = conversation_status::active;
    stored.ended_at = 0;
    stored.ended_because.clear();
    stored.explanation.clear();
  }
  return stored;
}

caf::expected<conversation_record>
handle(memory_database& db, const find_conversation& x) {
  auto i = db.conversations.find(x.call_id);
  if (i == db.conversations.end())
    return not_found("no such conversation");
  return i->second;
}

caf::expected<std::vector<message_record>>
handle(memory_database& db, const list_messages& x) {
  auto i = db.conversations.find(x.call_id);
  if (i == db.conversations.end() || i->second.org_id != x.org_id)
    return not_found("no such conversation in this organisation");
  return db.messages_of(x.call_id);
}

caf::expected<std::vector<call_event>>
handle(memory_database& db, const list_events& x) {
  if (!db.conversations.count(x.call_id))
    return not_found("no such conversation");
  auto events = db.events_of(x.call_id);
  std::erase_if(events, [&](auto& ev) { return ev.sequence <= x.after; });
  if (events.size() > page)
    events.resize(page);
  return events;
}

/// By the key that it is stored under.
bool is_same_use(const usage_event& x, const usage_event& y) {
  return x.call_id == y.call_id && x.turn == y.turn && x.stage == y.stage
         && x.unit == y.unit && x.attempt == y.attempt;
}

caf::expected<caf::unit_t>
handle(memory_database& db, const call_log_batch& x) {
  auto unknown
    = [&](auto& line) { return !db.conversations.count(line.call_id); };
  if (std::any_of(x.events.begin(), x.events.end(), unknown)
      || std::any_of(x.messages.begin(), x.messages.end(), unknown)
      || std::any_of(x.usage.begin(), x.usage.end(), unknown))
    return not_found("no such conversation");
  for (auto& ev : x.events)
    if (ev.sequence == 0)
      return caf::make_error(errc::store_failed,
                             std::string{"the first event has sequence 1"});
  auto late
    = [&](auto& line) { return is_too_late(db, line.call_id, x.fence); };
  if (std::any_of(x.events.begin(), x.events.end(), late)
      || std::any_of(x.messages.begin(), x.messages.end(), late))
    return too_late();
  for (auto& ev : x.events)
    db.events.try_emplace({ev.call_id, ev.sequence}, ev);
  for (auto& msg : x.messages) {
    auto [i, added]
      = db.messages.try_emplace({msg.call_id, msg.turn, msg.role}, msg);
    if (!added) { // the moment at which it was first said stays
      i->second.text = msg.text;
      i->second.heard = msg.heard;
      i->second.latency_ms = msg.latency_ms;
    }
  }
  for (auto& use : x.usage)
    if (std::none_of(db.usage.begin(), db.usage.end(),
                     [&](auto& y) { return is_same_use(use, y); }))
      db.usage.push_back(use);
  return caf::unit;
}

caf::expected<caf::unit_t>
handle(memory_database& db, const close_conversation& x) {
  auto i = db.conversations.find(x.call_id);
  if (i == db.conversations.end())
    return not_found("no such conversation");
  if (x.status == conversation_status::active)
    return caf::make_error(errc::store_failed,
                           std::string{"a closed conversation has a final "
                                       "status, not ACTIVE"});
  if (is_too_late(db, x.call_id, x.fence))
    return too_late();
  auto& stored = i->second;
  if (stored.status != conversation_status::active)
    return caf::unit; // the first close wins
  stored.status = x.status;
  stored.ended_at = x.at;
  stored.ended_because = to_text(x.why);
  stored.explanation = x.explanation;
  stored.transfer_to = x.transfer_to;
  stored.billed_seconds = x.billed_seconds;
  return caf::unit;
}

caf::expected<caf::unit_t>
handle(memory_database& db, const recording_stored& x) {
  auto& wanted = x.recording;
  auto call = db.conversations.find(wanted.call_id);
  if (call == db.conversations.end() || call->second.org_id != wanted.org_id)
    return not_found("the organisation has no such call");
  auto [i, added] = db.recordings.try_emplace(wanted.file, wanted);
  auto& stored = i->second;
  if (stored.org_id != wanted.org_id || stored.call_id != wanted.call_id)
    return not_found("the file belongs to another call");
  stored.duration_ms = wanted.duration_ms;
  stored.size = wanted.size;
  return caf::unit;
}

caf::expected<std::vector<recording_record>>
handle(memory_database& db, const list_recordings& x) {
  std::vector<recording_record> result;
  for (auto& [file, recording] : db.recordings)
    if (recording.org_id == x.org_id
        && (x.call_id.empty() || recording.call_id == x.call_id))
      result.push_back(recording);
  std::sort(result.begin(), result.end(),
            [](auto& a, auto& b) { return a.created_at > b.created_at; });
  if (result.size() > page)
    result.resize(page);
  return result;
}

caf::expected<std::vector<recording_record>>
handle(memory_database& db, const list_due_recordings& x) {
  std::vector<recording_record> result;
  for (auto& [file, recording] : db.recordings)
    if (recording.delete_after < x.now)
      result.push_back(recording);
  std::sort(result.begin(), result.end(),
            [](auto& a, auto& b) { return a.delete_after < b.delete_after; });
  if (result.size() > due_page)
    result.resize(due_page);
  return result;
}

caf::expected<caf::unit_t>
handle(memory_database& db, const forget_recording& x) {
  auto i = db.recordings.find(x.file);
  if (i != db.recordings.end() && i->second.org_id == x.org_id)
    db.recordings.erase(i);
  return caf::unit;
}

caf::expected<stray_recordings>
handle(memory_database& db, const stray_recordings& x) {
  stray_recordings result;
  for (auto& file : x.files)
    if (!db.recordings.count(file))
      result.files.push_back(file);
  return result;
}

caf::expected<caf::ok_atom> handle(memory_database&, caf::ok_atom) {
  return caf::ok_atom_v;
}

template <class T>
void deliver(caf::response_promise& promise, caf::expected<T> answer) {
  if (!answer)
    promise.deliver(std::move(answer.error()));
  else if constexpr (std::is_same_v<T, caf::unit_t>)
    promise.deliver(caf::unit);
  else
    promise.deliver(std::move(*answer));
}

/// Makes the handler of one message: waits, fails or answers as `db` says.
template <class Result, class Request>
auto respond(memory_store_actor::stateful_pointer<memory_store_state> self,
             const char* name) {
  return [self, name](const Request& x) -> caf::result<Result> {
    auto promise = self->make_response_promise();
    auto work = [self, name, x, promise]() mutable {
      auto& db = *self->state.db;
      ++db.handled;
      if (auto err = db.fault ? db.fault(name) : caf::error{})
        promise.deliver(std::move(err));
      else
        deliver(promise, handle(db, x));
    };
    auto& state = self->state;
    if (state.waiting.empty() && state.db->delay == caf::timespan{0}) {
      work();
    } else {
      state.waiting.emplace_back(std::move(work));
      self->delayed_send(self, state.db->delay, caf::timeout_atom_v);
    }
    return promise;
  };
}

memory_store_actor::behavior_type
memory_store(memory_store_actor::stateful_pointer<memory_store_state> self,
             memory_database_ptr db) {
  self->state.db = std::move(db);
  return {
    respond<agent_record, find_agent_by_number>(self, "find_agent_by_number"),
    respond<agent_record, find_agent>(self, "find_agent"),
    respond<conversation_record, open_conversation>(self, "open_conversation"),
    respond<conversation_record, find_conversation>(self, "find_conversation"),
    respond<std::vector<message_record>, list_messages>(self, "list_messages"),
    respond<std::vector<call_event>, list_events>(self, "list_events"),
    respond<void, call_log_batch>(self, "call_log_batch"),
    respond<void, close_conversation>(self, "close_conversation"),
    respond<void, recording_stored>(self, "recording_stored"),
    respond<std::vector<recording_record>, list_recordings>(self,
                                                            "list_recordings"),
    respond<std::vector<recording_record>, list_due_recordings>(
      self, "list_due_recordings"),
    respond<void, forget_recording>(self, "forget_recording"),
    respond<stray_recordings, stray_recordings>(self, "stray_recordings"),
    respond<caf::ok_atom, caf::ok_atom>(self, "ok"),
    [self](caf::timeout_atom) {
      auto work = std::move(self->state.waiting.front());
      self->state.waiting.pop_front();
      work();
    },
  };
}

} // namespace

std::vector<message_record>
memory_database::messages_of(const std::string& call_id) const {
  std::vector<message_record> result;
  auto i = messages.lower_bound({call_id, 0, {}});
  for (; i != messages.end() && i->second.call_id == call_id; ++i)
    result.push_back(i->second);
  // Within a turn the caller's words come first, as they did.
  std::sort(result.begin(), result.end(), [](auto& x, auto& y) {
    return std::tie(x.turn, x.at, y.role) < std::tie(y.turn, y.at, x.role);
  });
  return result;
}

std::vector<call_event>
memory_database::events_of(const std::string& call_id) const {
  std::vector<call_event> result;
  auto i = events.lower_bound({call_id, 0});
  for (; i != events.end() && i->first.first == call_id; ++i)
    result.push_back(i->second);
  return result;
}

caf::error store_is_down(std::string_view) {
  return caf::make_error(errc::store_failed, std::string{"the store is down"});
}

memory_database_ptr make_memory_database(agent_record agent) {
  auto db = std::make_shared<memory_database>();
  db->agents.push_back(std::move(agent));
  return db;
}

store_actor spawn_memory_store(caf::actor_system& sys, memory_database_ptr db) {
  return sys.spawn(memory_store, std::move(db));
}

} // namespace velox::rehearsal
