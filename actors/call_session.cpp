#include "actors/call.hpp"
#include "config/log.hpp"

/// What the other nodes know of a call: that it is ours, and what it is doing.

namespace velox::actors {

namespace {

/// A node that died keeps its leases for 15 s. A caller who was cut off by it
/// comes back at once, and waits until then.
constexpr uint32_t lease_attempts = 32;
constexpr caf::timespan ask_again = std::chrono::milliseconds{500};

} // namespace

/// Asks for the call, then for talk time. Only another node is a reason not to:
/// a session store that does not answer is none.
void call_state::take_lease() {
  auto& services = *options.services;
  if (!services.sessions) {
    reserve_talk();
    return;
  }
  auto& start = options.start;
  ++lease_asks;
  self
    ->request(services.sessions, services.limits.answer_due,
              velox::take_lease{start.call_id, start.org_id, start.agent_id,
                                started_at})
    .then(
      [this](const call_lease& x) {
        fence = x.fence;
        if (now_in == phase::starting)
          reserve_talk();
      },
      [this](const caf::error& why) {
        if (now_in != phase::starting)
          return;
        if (why != errc::duplicate_call) {
          config::log().error("A call has no lease; it goes on without. "
                              "call={} error={}",
                              options.start.call_id,
                              config::field(to_string(why)));
          reserve_talk();
        } else if (options.start.resumed && lease_asks < lease_attempts) {
          set_timer(timer::lease, ask_again);
        } else {
          refuse(why, "asking for the lease");
        }
      });
}

void call_state::on_floor(const floor_changed& x) {
  show_stage(x.stage);
}

/// Tells the session store. What a turn taker says while the agent says
/// goodbye is no news.
void call_state::show_stage(call_stage x) {
  if (now_in == phase::saying_goodbye || now_in == phase::closing)
    x = call_stage::saying_goodbye;
  stage = x;
  auto& sessions = options.services->sessions;
  if (!sessions || fence == 0)
    return;
  if (x == call_stage::thinking && tools_run)
    x = call_stage::tool;
  self->send(sessions, stage_changed{options.start.call_id, x, talk.turn(),
                                     interruptions});
}

} // namespace velox::actors
