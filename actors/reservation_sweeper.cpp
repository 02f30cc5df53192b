#include "actors/reservation_sweeper.hpp"

#include "config/log.hpp"

#include <caf/send.hpp>

namespace velox::actors {

namespace {

using pointer
  = reservation_sweeper_actor::stateful_pointer<reservation_sweeper_state>;

constexpr caf::timespan answer_due = std::chrono::seconds{10};

/// Without an answer nothing is settled: the next round asks again.
void give_up_round(const char* whom, const caf::error& why) {
  config::log().warn("Calls that were left behind could not be looked for. "
                     "asked={} error={}",
                     whom, config::field(to_string(why)));
}

void recover(const ledger_actor& ledger, const std::string& call_id,
             unix_ms now) {
  config::log().warn("A call that nobody carries is settled. call={}",
                     config::field(call_id));
  caf::anon_send(ledger, recover_call{call_id, now});
}

void settle_dead(const ledger_actor& ledger, const sweeper_options& options,
                 const std::set<std::string>& live, const quiet_calls& quiet) {
  for (auto& id : quiet.call_ids) {
    if (live.contains(id))
      continue;
    auto now = options.time_of_day();
    if (!options.carried_elsewhere) {
      recover(ledger, id, now);
      continue;
    }
    options.carried_elsewhere(id, [ledger, id, now](bool carried) {
      if (!carried)
        recover(ledger, id, now);
    });
  }
}

void sweep(pointer self, const call_registry_actor& registry,
           const ledger_actor& ledger, const sweeper_options& options) {
  auto since
    = options.time_of_day()
      - std::chrono::duration_cast<std::chrono::milliseconds>(options.quiet)
          .count();
  // The quiet ones first: a call that begins later is not among them.
  self->request(ledger, answer_due, list_quiet_calls{since})
    .then(
      [=](const quiet_calls& quiet) {
        if (quiet.call_ids.empty())
          return;
        self->request(registry, answer_due, list_calls{})
          .then(
            [=](const std::vector<live_call>& calls) {
              std::set<std::string> live;
              for (auto& x : calls)
                live.insert(x.call_id);
              settle_dead(ledger, options, live, quiet);
            },
            [](const caf::error& why) { give_up_round("registry", why); });
      },
      [](const caf::error& why) { give_up_round("ledger", why); });
}

} // namespace

reservation_sweeper_actor::behavior_type
reservation_sweeper(pointer self, const call_registry_actor& registry,
                    const ledger_actor& ledger,
                    const sweeper_options& options) {
  self->delayed_send(self, options.every, caf::tick_atom_v);
  return {
    [=](caf::tick_atom) {
      self->delayed_send(self, options.every, caf::tick_atom_v);
      sweep(self, registry, ledger, options);
    },
  };
}

} // namespace velox::actors
