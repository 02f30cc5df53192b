#include "adapters/console/live_calls.hpp"

#include "adapters/console/admin_key.hpp"
#include "adapters/http/ask.hpp"
#include "protocol/errc.hpp"
#include "protocol/json.hpp"
#include "protocol/type_ids.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>

namespace velox::console {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{5};

/// A call that does not answer within this time is shown as such.
constexpr caf::timespan call_patience = std::chrono::seconds{1};

struct parts {
  caf::actor_system& sys;
  call_registry_actor registry;
  store_actor store;
  session_store_actor sessions; ///< null: there are no other nodes
};

using parts_ptr = std::shared_ptr<const parts>;

json_object to_json(const call_status& x) {
  json_array actors;
  for (auto& actor : x.actors)
    actors.add(json_object{}
                 .add("name", actor.name)
                 .add("doing", actor.doing)
                 .add("mailbox", actor.mailbox)
                 .add("handled", actor.handled)
                 .add("restarts", actor.restarts));
  return json_object{}
    .add("call_id", x.call_id)
    .add("agent", x.agent_name)
    .add("org_id", x.org_id)
    .add("started_at", x.started_at)
    .add("turn", x.turn)
    .add("actors", actors);
}

/// What an actor's refusal means to the client.
http::response to_response(const caf::error& why) {
  if (why == errc::unknown_call)
    return http::error_response(
      404, "unknown_call", "There is no such live call.",
      "See GET /api/v1/calls/live for those there are.");
  if (why == errc::unknown_child)
    return http::error_response(
      404, "unknown_actor", "The call has no living actor of this name.",
      "See GET /api/v1/calls/{id}/tree for those it has.");
  if (why == errc::not_found)
    return http::error_response(404, "not_found", "There is no such call.",
                                "Check the call id.");
  return http::error_response(503, "unavailable",
                              "The engine could not answer in time.",
                              "Try again; see GET /readyz if it persists.");
}

/// Gathers the statuses of many calls and answers with what has come.
class status_gatherer {
public:
  status_gatherer(http::responder answer, size_t expected)
    : answer_(std::move(answer)), missing_(expected) {}

  /// None: the call has ended meanwhile, or does not answer.
  void add(std::optional<call_status> x) {
    std::lock_guard guard{mutex_};
    if (x)
      statuses_.push_back(std::move(*x));
    if (--missing_ > 0)
      return;
    std::sort(statuses_.begin(), statuses_.end(), [](auto& a, auto& b) {
      return std::tie(a.started_at, a.call_id)
             < std::tie(b.started_at, b.call_id);
    });
    json_array calls;
    for (auto& status : statuses_)
      calls.add(to_json(status));
    answer_(http::json_response(200, json_object{}.add("calls", calls).str()));
  }

private:
  http::responder answer_;
  std::mutex mutex_;
  size_t missing_;
  std::vector<call_status> statuses_;
};

void list_live(const parts_ptr& all, const http::responder& answer) {
  auto on_calls = [all, answer](const std::vector<live_call>& calls) {
    auto gather = std::make_shared<status_gatherer>(answer, calls.size() + 1);
    for (auto& x : calls)
      http::ask(
        all->sys, x.call, call_patience,
        [gather](const call_status& status) { gather->add(status); },
        [gather](const caf::error&) { gather->add(std::nullopt); },
        caf::get_atom_v);
    gather->add(std::nullopt);
  };
  http::ask(
    all->sys, all->registry, patience, on_calls,
    [answer](const caf::error& why) { answer(to_response(why)); },
    list_calls{});
}

/// Finds the live call of the request and does `then` with it.
template <class Then>
void with_call(const parts_ptr& all, const http::request& x,
               const http::responder& answer, Then then) {
  http::ask(
    all->sys, all->registry, patience,
    [then](const live_call& found) { then(found.call); },
    [answer](const caf::error& why) { answer(to_response(why)); },
    find_call{x.params.at("id")});
}

void show_tree(const parts_ptr& all, const http::request& x,
               const http::responder& answer) {
  with_call(all, x, answer, [all, answer](const call_actor& call) {
    http::ask(
      all->sys, call, patience,
      [answer](const call_status& status) {
        answer(http::json_response(200, to_json(status).str()));
      },
      [answer](const caf::error& why) { answer(to_response(why)); },
      caf::get_atom_v);
  });
}

void end_one(const parts_ptr& all, const http::request& x,
             const http::responder& answer) {
  auto ending
    = [answer] { answer(http::json_response(202, R"({"ending":true})")); };
  auto refuse = [answer](const caf::error& why) { answer(to_response(why)); };
  end_call wish{end_reason::ended_by_operator, "An operator ended the call."};
  auto id = x.params.at("id");
  http::ask(
    all->sys, all->registry, patience,
    [ending, wish](const live_call& found) {
      caf::anon_send(found.call, wish);
      ending();
    },
    [all, ending, refuse, wish, id](const caf::error& why) {
      if (why != errc::unknown_call || !all->sessions)
        return refuse(why);
      http::ask(
        all->sys, all->sessions, patience, [ending](caf::ok_atom) { ending(); },
        refuse, end_call_anywhere{id, wish.explanation});
    },
    find_call{id});
}

void kill_one(const parts_ptr& all, const http::request& x,
              const http::responder& answer) {
  auto name = x.params.at("name");
  with_call(all, x, answer, [all, answer, name](const call_actor& call) {
    http::ask(
      all->sys, call, patience,
      [answer](caf::ok_atom) {
        answer(http::json_response(202, R"({"killed":true})"));
      },
      [answer](const caf::error& why) { answer(to_response(why)); },
      kill_child{name});
  });
}

void show_events(const parts_ptr& all, const http::request& x,
                 const http::responder& answer) {
  uint64_t after = 0;
  if (auto i = x.query.find("after"); i != x.query.end()) {
    auto& text = i->second;
    auto end = text.data() + text.size();
    if (std::from_chars(text.data(), end, after).ptr != end || text.empty()) {
      answer(http::error_response(400, "bad_after",
                                  "The query parameter 'after' is no number.",
                                  "Give the sequence of the last event seen."));
      return;
    }
  }
  http::ask(
    all->sys, all->store, patience,
    [answer](const std::vector<call_event>& events) {
      json_array list;
      for (auto& e : events)
        list.add(json_object{}
                   .add("sequence", e.sequence)
                   .add("at", e.at)
                   .add("kind", e.kind)
                   .add("turn", e.turn)
                   .add_raw("detail", e.detail));
      answer(http::json_response(200, json_object{}.add("events", list).str()));
    },
    [answer](const caf::error& why) { answer(to_response(why)); },
    list_events{x.params.at("id"), after});
}

} // namespace

void add_live_calls(http::router& routes, caf::actor_system& sys,
                    call_registry_actor registry, store_actor store,
                    std::string admin_key, session_store_actor sessions) {
  auto all = std::make_shared<const parts>(
    parts{sys, std::move(registry), std::move(store), std::move(sessions)});
  auto add = [&](const char* method, const std::string& path, auto what) {
    auto pattern = "/api/v1" + path;
    routes.add(method, pattern,
               with_admin_key(admin_key, [all, what](const http::request& x,
                                                     http::responder answer) {
                 what(all, x, answer);
               }));
    routes.alias("/api" + path, pattern);
  };
  add("GET", "/calls/live",
      [](const parts_ptr& all, const http::request&,
         const http::responder& answer) { list_live(all, answer); });
  add("GET", "/calls/{id}/tree", show_tree);
  add("GET", "/calls/{id}/events", show_events);
  add("POST", "/calls/{id}/end", end_one);
  add("POST", "/calls/{id}/actors/{name}/kill", kill_one);
}

} // namespace velox::console
