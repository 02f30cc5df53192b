#include "persistence/session_store.hpp"

#include "config/log.hpp"
#include "persistence/token_buckets.hpp"
#include "protocol/errc.hpp"

#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <utility>

namespace velox::persistence {

/// What is to be done in the actor, from another thread.
struct later {
  std::function<void()> run;
};

} // namespace velox::persistence

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(velox::persistence::later)

namespace velox::persistence {

namespace {

/// The session store and its word to itself.
using own_actor = session_store_actor::extend<
  // INTERNAL: an answer has come.
  caf::reacts_to<later>,
  // INTERNAL: renew the leases.
  caf::reacts_to<caf::tick_atom>,
  // INTERNAL: show what has changed.
  caf::reacts_to<caf::flush_atom>>;

unix_ms system_time() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

struct session_store_state {
  static inline const char* name = "session-store";

  explicit session_store_state(own_actor::pointer self) : self(self) {}

  /// A call of this node.
  struct held_call {
    shared_call seen;
    caf::actor_addr holder;
    bool changed = true;   ///< what others see is old
    bool showing = false;  ///< ... and is being written
    bool renewing = false; ///< its lease is
  };

  enum class view : uint8_t { connecting, up, down };

  void start(session_store_options x);

  // -- leases
  caf::result<call_lease> take(const take_lease& x);
  void grant(const take_lease& x, const caf::strong_actor_ptr& holder,
             int64_t fence, caf::typed_response_promise<call_lease> promise);
  void lose(const std::string& call_id, int64_t fence);
  void forget_calls_of(const caf::actor_addr& holder);
  void give_back(const shared_call& x);
  void renew();
  int64_t own_fence();

  // -- what calls do
  void change(const stage_changed& x);
  void flush_soon();
  void flush();

  // -- the rest
  caf::result<request_allowed> allow(const allow_request& x);
  caf::result<caf::ok_atom> end(const end_call_anywhere& x);
  caf::result<std::vector<session_record>> list();
  std::vector<session_record> own_calls() const;
  session_status status() const;
  bool end_here(const end_call_anywhere& x);
  void ask_breakers();

  // -- what comes from outside
  void on_view(bool up, const std::string& why);
  void on_message(const node_message& x);

  bool reachable() const { return options.shared && sight != view::down; }

  /// An answer that is brought to the actor.
  template <class T, class F>
  std::function<void(T)> back(F f) {
    return [to = self->address(), f = std::move(f)](T x) mutable {
      if (auto me = caf::actor_cast<own_actor>(to))
        caf::anon_send(
          me, later{[f, x = std::move(x)]() mutable { f(std::move(x)); }});
    };
  }

  own_actor::pointer self;
  session_store_options options;
  std::map<std::string, held_call> calls;
  std::set<std::string> asked;   ///< calls whose lease is being taken
  std::deque<shared_call> ended; ///< nobody else knows yet
  token_buckets buckets;
  node_listeners listeners;
  view sight = view::connecting;
  std::string why;
  int64_t highest_fence = 0;
  bool flush_due = false;
};

void session_store_state::start(session_store_options x) {
  options = std::move(x);
  if (!options.time_of_day)
    options.time_of_day = system_time;
  if (!options.shared)
    return;
  using change = std::pair<bool, std::string>;
  auto changed
    = back<change>([this](const change& x) { on_view(x.first, x.second); });
  options.shared->start(
    {[changed](bool up, const std::string& why) {
       changed({up, why});
     },
     back<node_message>([this](const node_message& x) { on_message(x); })});
  self->delayed_send(self, options.renewal, caf::tick_atom_v);
}

// -- leases
// ----------------------------------------------------------------------

/// Above all that this process has seen, and in the order of time: so that it
/// grows also across nodes that cannot see each other.
int64_t session_store_state::own_fence() {
  return std::max(highest_fence + 1, options.time_of_day());
}

caf::result<call_lease> session_store_state::take(const take_lease& x) {
  if (calls.contains(x.call_id) || !asked.insert(x.call_id).second)
    return caf::make_error(errc::duplicate_call);
  auto holder = caf::actor_cast<caf::strong_actor_ptr>(self->current_sender());
  auto promise = self->make_response_promise<call_lease>();
  if (!reachable()) {
    grant(x, holder, own_fence(), promise);
    return promise;
  }
  options.shared->take(
    x, highest_fence + 1,
    back<lease_answer>(
      [this, x, holder, promise](const lease_answer& y) mutable {
        if (y.reached && y.fence == 0) {
          asked.erase(x.call_id);
          promise.deliver(caf::make_error(errc::duplicate_call));
        } else {
          grant(x, holder, y.reached ? y.fence : own_fence(), promise);
        }
      }));
  return promise;
}

void session_store_state::grant(
  const take_lease& x, const caf::strong_actor_ptr& holder, int64_t fence,
  caf::typed_response_promise<call_lease> promise) {
  asked.erase(x.call_id);
  highest_fence = std::max(highest_fence, fence);
  auto& mine = calls[x.call_id];
  mine.seen.call = x;
  mine.seen.fence = fence;
  mine.seen.shown.call_id = x.call_id;
  mine.seen.updated_at = options.time_of_day();
  mine.holder = caf::actor_cast<caf::actor_addr>(holder);
  self->monitor(mine.holder);
  promise.deliver(call_lease{x.call_id, fence});
  flush_soon();
}

/// Somebody else has the call. Its former holder hears that its wire is gone,
/// and can write no more: the database knows the newer fence.
void session_store_state::lose(const std::string& call_id, int64_t fence) {
  auto i = calls.find(call_id);
  if (i == calls.end() || i->second.seen.fence != fence)
    return;
  config::log().warn("A call's lease was lost; the call ends here. call={}",
                     config::field(call_id));
  auto holder = caf::actor_cast<caf::strong_actor_ptr>(i->second.holder);
  calls.erase(i);
  if (holder)
    self->send(
      caf::actor_cast<call_actor>(holder),
      wire_closed{end_reason::wire_lost, "Another node has taken the call."});
}

void session_store_state::forget_calls_of(const caf::actor_addr& holder) {
  for (auto i = calls.begin(); i != calls.end();) {
    if (i->second.holder == holder) {
      auto& seen = i->second.seen;
      seen.shown.stage = call_stage::ended;
      seen.updated_at = options.time_of_day();
      give_back(seen);
      i = calls.erase(i);
    } else {
      ++i;
    }
  }
}

void session_store_state::give_back(const shared_call& x) {
  if (!options.shared)
    return;
  auto keep = [this, x] {
    ended.push_back(x);
    if (ended.size() > options.most_ended)
      ended.pop_front();
  };
  if (!reachable())
    keep();
  else
    options.shared->release(x, back<bool>([keep](bool done) {
                              if (!done)
                                keep();
                            }));
}

void session_store_state::renew() {
  if (!reachable())
    return;
  options.shared->announce();
  for (auto& [id, x] : calls) {
    if (std::exchange(x.renewing, true))
      continue;
    auto fence = x.seen.fence;
    options.shared->renew(x.seen,
                          back<renewal>([this, id = id, fence](renewal result) {
                            if (result == renewal::lost)
                              lose(id, fence);
                            else if (auto i = calls.find(id); i != calls.end())
                              i->second.renewing = false;
                          }));
  }
}

// -- what calls do
// ------------------------------------------------------------

void session_store_state::change(const stage_changed& x) {
  auto i = calls.find(x.call_id);
  if (i == calls.end())
    return; // over, or another node's
  i->second.seen.shown = x;
  i->second.seen.updated_at = options.time_of_day();
  i->second.changed = true;
  flush_soon();
}

void session_store_state::flush_soon() {
  if (!reachable() || std::exchange(flush_due, true))
    return;
  self->delayed_send(self, options.stage_pause, caf::flush_atom_v);
}

/// One write per call is under way at most: a slow Redis gets fewer, not more.
void session_store_state::flush() {
  flush_due = false;
  if (!reachable())
    return; // all of it follows when it is back
  for (auto& [id, x] : calls) {
    if (!x.changed || x.showing)
      continue;
    x.changed = false;
    x.showing = true;
    options.shared->show(x.seen, back<bool>([this, id = id](bool done) {
                           auto i = calls.find(id);
                           if (i == calls.end())
                             return;
                           i->second.showing = false;
                           if (!done)
                             i->second.changed = true;
                           if (i->second.changed)
                             flush_soon();
                         }));
  }
}

// -- the rest
// ---------------------------------------------------------------------

caf::result<request_allowed>
session_store_state::allow(const allow_request& x) {
  if (!reachable())
    return buckets.allow(x, self->clock().now());
  auto promise = self->make_response_promise<request_allowed>();
  options.shared->allow(
    x, back<std::optional<request_allowed>>(
         [this, x, promise](const std::optional<request_allowed>& y) mutable {
           promise.deliver(y ? *y : buckets.allow(x, self->clock().now()));
         }));
  return promise;
}

bool session_store_state::end_here(const end_call_anywhere& x) {
  auto i = calls.find(x.call_id);
  if (i == calls.end())
    return false;
  auto holder = caf::actor_cast<caf::strong_actor_ptr>(i->second.holder);
  if (!holder)
    return false;
  self->send(caf::actor_cast<call_actor>(holder),
             end_call{end_reason::ended_by_operator, x.explanation});
  return true;
}

caf::result<caf::ok_atom> session_store_state::end(const end_call_anywhere& x) {
  if (end_here(x))
    return caf::ok_atom_v;
  if (!reachable())
    return caf::make_error(errc::unknown_call);
  auto promise = self->make_response_promise<caf::ok_atom>();
  options.shared->end_call(x, back<bool>([promise](bool told) mutable {
                             if (told)
                               promise.deliver(caf::ok_atom_v);
                             else
                               promise.deliver(
                                 caf::make_error(errc::unknown_call));
                           }));
  return promise;
}

std::vector<session_record> session_store_state::own_calls() const {
  std::vector<session_record> result;
  for (auto& [id, x] : calls)
    result.push_back({id, options.node, x.seen.call.org_id,
                      x.seen.call.agent_id,
                      std::string{to_text(x.seen.shown.stage)},
                      x.seen.shown.turn, x.seen.shown.interrupt_count});
  return result;
}

caf::result<std::vector<session_record>> session_store_state::list() {
  if (!reachable())
    return own_calls();
  using records = std::vector<session_record>;
  auto promise = self->make_response_promise<records>();
  options.shared->list(back<std::optional<records>>(
    [this, promise](const std::optional<records>& x) mutable {
      promise.deliver(x ? *x : own_calls());
    }));
  return promise;
}

session_status session_store_state::status() const {
  session_status result;
  result.leases = calls.size();
  result.kind = options.shared ? "redis" : "in-process";
  if (!options.shared) {
    result.explanation = "This process is alone.";
    return result;
  }
  result.up = sight == view::up;
  result.explanation
    = result.up ? "Redis answers."
      : sight == view::connecting
        ? "Redis has not answered yet."
        : "Redis is away (" + why + "); this process decides alone.";
  result.unwritten = ended.size();
  for (auto& [id, x] : calls)
    result.unwritten += x.changed || x.showing ? 1 : 0;
  return result;
}

void session_store_state::ask_breakers() {
  if (!reachable())
    return;
  for (auto& provider : listeners.providers)
    options.shared->ask_breaker(
      provider, back<std::optional<breaker_changed>>(
                  [this](const std::optional<breaker_changed>& x) {
                    if (x && x->open && listeners.gateways)
                      self->send(listeners.gateways, *x);
                  }));
}

// -- what comes from outside
// ------------------------------------------------------

void session_store_state::on_view(bool up, const std::string& because) {
  why = because;
  auto before = std::exchange(sight, up ? view::up : view::down);
  if (!up) {
    if (before != view::down)
      config::log().warn("Redis is away; this node decides alone until it is "
                         "back. why={}",
                         config::field(because));
    return;
  }
  config::log().info("Redis answers. calls={} ended_meanwhile={}", calls.size(),
                     ended.size());
  // It may have lost everything, or have missed much.
  for (auto& [id, x] : calls)
    x.changed = true;
  renew();
  flush();
  for (auto& x : std::exchange(ended, {}))
    if (!calls.contains(x.call.call_id)) // else it is back
      give_back(x);
  ask_breakers();
}

void session_store_state::on_message(const node_message& x) {
  if (auto* breaker = std::get_if<breaker_changed>(&x)) {
    if (breaker->node != options.node && listeners.gateways)
      self->send(listeners.gateways, *breaker);
  } else if (auto* end = std::get_if<end_call_anywhere>(&x)) {
    end_here(*end);
  }
}

own_actor::behavior_type
session_store(own_actor::stateful_pointer<session_store_state> self,
              session_store_options options) {
  auto& state = self->state;
  state.start(std::move(options));
  self->set_down_handler(
    [self](const caf::down_msg& x) { self->state.forget_calls_of(x.source); });
  return {
    [&state](const take_lease& x) { return state.take(x); },
    [&state](const stage_changed& x) { state.change(x); },
    [&state](const allow_request& x) { return state.allow(x); },
    [&state](const breaker_changed& x) {
      if (!state.reachable())
        return;
      auto mine = x;
      mine.node = state.options.node;
      state.options.shared->tell_breaker(mine);
    },
    [&state](const end_call_anywhere& x) { return state.end(x); },
    [&state](const node_listeners& x) {
      state.listeners = x;
      state.ask_breakers();
    },
    [&state](const list_sessions&) { return state.list(); },
    [&state](caf::get_atom) { return state.status(); },
    [](const later& x) { x.run(); },
    [self, &state](caf::tick_atom) {
      self->delayed_send(self, state.options.renewal, caf::tick_atom_v);
      state.renew();
    },
    [&state](caf::flush_atom) { state.flush(); },
  };
}

} // namespace

session_store_actor
spawn_session_store(caf::actor_system& sys, session_store_options options) {
  return sys.spawn(session_store, std::move(options));
}

} // namespace velox::persistence
