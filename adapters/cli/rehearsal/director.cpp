#include "adapters/cli/rehearsal/director.hpp"

namespace velox::rehearsal {

namespace {

/// How often the moment is looked for.
constexpr caf::timespan glance = milliseconds{10};

} // namespace

void rehearsal::director::watch(sim_call& leg) {
  auto first = leg_ == nullptr;
  leg_ = &leg;
  if (!first)
    return;
  began_ = since_ = world_.time.now();
  look();
}

void rehearsal::director::look() {
  while (next_ < steps_.size() && due(steps_[next_])) {
    auto& x = steps_[next_++];
    since_ = world_.time.now();
    act(x);
  }
  if (next_ < steps_.size())
    world_.time.after(glance, [this, alive = alive_] {
      if (*alive)
        look();
    });
}

bool rehearsal::director::due(const engine_step& x) const {
  auto now = world_.time.now();
  if (x.after_log.empty())
    return velox::rehearsal::due(x.when, *leg_->carrier, now, since_, began_);
  auto zero = world_.unix_time(leg_->began);
  for (auto& ev : world_.db->events_of(leg_->plan.call_id)) {
    auto at = leg_->began + milliseconds{ev.at - zero};
    if (ev.kind == x.after_log && at >= since_)
      return now - at >= x.when.wait;
  }
  return false;
}

void rehearsal::director::act(const engine_step& x) {
  auto done = [&](std::string what) {
    record_.push_back({world_.time.now(), std::move(what)});
  };
  switch (x.what) {
    case engine_step::act::kill:
      done("kills " + x.text);
      world_.kill_child(*leg_, x.text);
      break;
    case engine_step::act::kill_store:
      done("kills the store");
      world_.kill_store();
      break;
    case engine_step::act::kill_ledger:
      done("kills the ledger");
      world_.kill_ledger();
      break;
    case engine_step::act::kill_registry:
      done("kills the registry");
      world_.kill_registry();
      break;
    case engine_step::act::end_call:
      done("an operator ends the call");
      if (!leg_->ended)
        caf::anon_send(leg_->handle,
                       end_call{end_reason::ended_by_operator, x.text});
      break;
    case engine_step::act::stop_engine:
      done("the engine stops");
      if (!leg_->ended)
        caf::anon_send_exit(leg_->handle, caf::exit_reason::user_shutdown);
      break;
    case engine_step::act::spend_credit:
      done("the credit is spent");
      world_.spend_credit();
      break;
    case engine_step::act::answered_by:
      done("the carrier says who has answered");
      if (!leg_->ended)
        caf::anon_send(leg_->handle, answered_by{x.who});
      break;
    case engine_step::act::store_fails:
    case engine_step::act::store_is_slow:
    case engine_step::act::ledger_fails: trouble(x); break;
  }
}

/// What lasts for a while.
void rehearsal::director::trouble(const engine_step& x) {
  auto& world = world_;
  auto later = [&](std::function<void()> what) {
    world.time.after(x.length, [alive = alive_, what = std::move(what)] {
      if (*alive)
        what();
    });
  };
  if (x.what == engine_step::act::store_fails) {
    record_.push_back({world.time.now(), "the store fails"});
    world.db->fault = store_is_down;
    later([&world] { world.db->fault = nullptr; });
  } else if (x.what == engine_step::act::store_is_slow) {
    record_.push_back({world.time.now(), "the store is slow"});
    world.db->delay = seconds{2};
    later([&world] { world.db->delay = caf::timespan{0}; });
  } else {
    record_.push_back({world.time.now(), "the ledger fails"});
    world.book->luck = [] { return mishap::fail; };
    later([&world] { world.book->luck = nullptr; });
  }
}

} // namespace velox::rehearsal
