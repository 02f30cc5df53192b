#include "adapters/cli/serve/money.hpp"

#include "adapters/http/ask.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace velox::cli {

namespace {

/// What a carrier's handshake may wait for the ledger.
constexpr caf::timespan gate_patience = std::chrono::seconds{3};

constexpr caf::timespan sessions_patience = std::chrono::seconds{5};

unix_ms time_of_day() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

} // namespace

std::function<ledger_actor()>
ledger_maker(caf::actor_system& system,
             const persistence::database_options& database,
             const config::billing_settings& settings) {
  persistence::ledger_options options;
  options.reservation_seconds
    = std::chrono::ceil<std::chrono::seconds>(settings.reservation).count();
  return [&system, database, options] {
    return persistence::spawn_ledger_store(system, database, options);
  };
}

carriers::twilio::talk_time_gate
talk_gate(caf::actor_system& system, ledger_actor ledger) {
  return carriers::twilio::ask_ledger(system, std::move(ledger), gate_patience,
                                      time_of_day);
}

actors::reservation_sweeper_actor
start_sweeper(caf::actor_system& system, call_registry_actor registry,
              ledger_actor ledger, session_store_actor sessions,
              const config::billing_settings& settings) {
  actors::sweeper_options options;
  options.quiet = std::max<caf::timespan>(options.quiet, 3 * settings.tick);
  options.carried_elsewhere
    = [&system, sessions](const std::string& call_id,
                          const std::function<void(bool)>& done) {
        http::ask(
          system, sessions, sessions_patience,
          [done, call_id](const std::vector<session_record>& all) {
            done(std::any_of(all.begin(), all.end(),
                             [&](auto& x) { return x.call_id == call_id; }));
          },
          // Who cannot be asked may have it: the next round asks again.
          [done](const caf::error&) { done(true); }, list_sessions{});
      };
  options.time_of_day = time_of_day;
  return system.spawn(actors::reservation_sweeper, registry, ledger, options);
}

} // namespace velox::cli
