#pragma once

#include "protocol/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <vector>

namespace velox::rehearsal {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// An actor system without threads, whose clock only moves when told to.
/// A plain class, so that a simulation can make thousands of them.
class virtual_world {
public:
  using time_point = caf::actor_clock::time_point;

  virtual_world() {
    // CAF's clock starts at 0, where "an hour ago" would be before time began.
    sched.clock().current_time += hours{24};
  }

  ~virtual_world() { sched.clock().cancel_all(); }

  time_point now() { return sched.clock().current_time; }

  /// Does `what` once the time has come, between the actors' own timers.
  void at(time_point when, std::function<void()> what) {
    agenda.emplace(when, std::move(what));
  }

  void after(caf::timespan span, std::function<void()> what) {
    at(now() + span, std::move(what));
  }

  /// Lets every actor handle what is in its mailbox; no time passes. With
  /// `shuffle_with` set, actors run in an order that this generator chooses.
  void settle() {
    while (sched.has_job()) {
      if (shuffle_with != nullptr)
        std::swap(sched.jobs.front(),
                  sched.jobs[(*shuffle_with)() % sched.jobs.size()]);
      sched.run_once();
    }
  }

  /// Lets time pass. Each timer fires at its own moment, so an actor that
  /// re-arms itself ticks as often as it would in real time.
  void advance(caf::timespan span) { advance_to(now() + span); }

  void advance_to(time_point until) {
    auto& clock = sched.clock();
    settle();
    while (true) {
      auto timer = clock.schedule().empty() ? time_point::max()
                                            : clock.schedule().begin()->first;
      auto own = agenda.empty() ? time_point::max() : agenda.begin()->first;
      if (std::min(timer, own) > until)
        break;
      if (own <= timer) {
        clock.current_time = std::max(clock.current_time, own);
        auto what = std::move(agenda.begin()->second);
        agenda.erase(agenda.begin());
        what();
      } else {
        clock.trigger_timeout();
      }
      settle();
    }
    clock.current_time = until;
  }

  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::velox>();
      set("scheduler.policy", caf::atom("testing"));
    }
  };

  config cfg;
  caf::actor_system sys{cfg};
  caf::scheduler::test_coordinator& sched
    = dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  std::multimap<time_point, std::function<void()>> agenda;
  std::mt19937_64* shuffle_with = nullptr;
};

} // namespace velox::rehearsal
