#include "persistence/ledger_store.hpp"

#include "persistence/recovery.hpp"
#include "protocol/errc.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>

namespace velox::persistence {

namespace {

struct ledger_store_state {
  static inline const char* name = "ledger";

  std::optional<database_session> session;
  ledger_options options;

  template <class F>
  auto run(F work) {
    return session->run([&](connection& db) {
      ledger books{db, options};
      return work(books);
    });
  }

  caf::result<talk_time> reserve(const reserve_talk_time& x) {
    auto hold = run([&](ledger& books) {
      return x.connected ? books.connect(x.org_id, x.call_id, x.at, x.leg)
                         : books.reserve(x.org_id, x.call_id, x.at, x.leg);
    });
    if (!hold)
      return std::move(hold.error());
    if (!*hold)
      return caf::make_error(errc::out_of_credit);
    return **hold;
  }
};

using ledger_store_pointer = ledger_actor::stateful_pointer<ledger_store_state>;

ledger_actor::behavior_type
ledger_store(ledger_store_pointer self, const database_options& database,
             const ledger_options& options) {
  auto& state = self->state;
  state.session.emplace("ledger", database);
  state.options = options;
  return {
    [&state](const reserve_talk_time& x) { return state.reserve(x); },
    [&state](const charge& x) {
      return state.run([&](ledger& books) {
        return books.charge(x.org_id, x.call_id, x.tick, x.seconds, x.at);
      });
    },
    [&state](const settle_call& x) {
      return state.run([&](ledger& books) {
        return books.settle(x.org_id, x.call_id, x.tick, x.seconds, x.at);
      });
    },
    [&state](const release_talk_time& x) -> caf::result<void> {
      return state.run([&](ledger& books) {
        books.release(x.org_id, x.call_id, x.leg, x.at);
        return caf::unit;
      });
    },
    [&state](const find_credit& x) {
      return state.run([&](ledger& books) { return books.find(x.org_id); });
    },
    [&state](const list_quiet_calls& x) {
      return state.session->run([&](connection& db) {
        return quiet_calls{recovery{db}.quiet(x.quiet_since)};
      });
    },
    [&state](const recover_call& x) {
      return state.session->run([&](connection& db) {
        return call_recovered{recovery{db}.recover(x.call_id, x.now)};
      });
    },
  };
}

} // namespace

ledger_actor
spawn_ledger_store(caf::actor_system& sys, const database_options& database,
                   const ledger_options& options) {
  return sys.spawn<caf::detached>(ledger_store, database, options);
}

} // namespace velox::persistence
