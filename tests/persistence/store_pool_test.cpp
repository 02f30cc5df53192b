#include "persistence/store_pool.hpp"

#include "protocol/errc.hpp"
#include "tests/persistence/records.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/memory_store.hpp"

#include <caf/event_based_actor.hpp>

#include <set>

namespace velox::persistence {

namespace {

using namespace std::chrono_literals;

/// A pool in virtual time whose stores are slow memory stores.
class StorePool : public test::actor_test {
protected:
  std::vector<test::memory_database_ptr> databases;
  store_actor pool;

  void start(size_t size, size_t queue = 1000) {
    pool_options options;
    options.make = [this] {
      auto& db
        = databases.emplace_back(test::make_memory_database(front_desk()));
      for (int i = 0; i < 100; ++i) {
        auto id = "CA" + std::to_string(i);
        db->conversations[id] = ringing(id);
      }
      db->delay = 1s;
      return test::spawn_memory_store(sys, db);
    };
    options.size = size;
    options.queue = queue;
    options.patience = 20s;
    pool = keep(spawn_store_pool(sys, options));
  }

  /// Asks for `x` and goes on; what became of it is in `outcomes`.
  void ask_later(call_log_batch x) {
    auto i = outcomes.size();
    outcomes.emplace_back("waits");
    sys.spawn([this, i, x](caf::event_based_actor* asker) {
      asker->request(pool, caf::infinite, x)
        .then(
          [this, i] { outcomes[i] = "stored"; },
          [this, i](const caf::error& why) { outcomes[i] = sys.render(why); });
    });
    settle();
  }

  std::vector<std::string> outcomes;

  static call_log_batch batch_of(const std::string& call_id, uint64_t n) {
    return {{event(call_id, n)}, {}};
  }
};

TEST_F(StorePool, KeepsACallWithOneStoreAndInOrder) {
  start(4);
  for (uint64_t n = 1; n <= 10; ++n)
    for (int call = 0; call < 20; ++call)
      self->send(pool, batch_of("CA" + std::to_string(call), n));
  advance(200s);
  size_t used = 0;
  for (auto& db : databases) {
    used += db->events.empty() ? 0 : 1;
    for (auto& [id, call] : db->conversations) {
      auto events = db->events_of(id);
      EXPECT_TRUE(events.empty() || events.size() == 10) << id;
    }
  }
  EXPECT_EQ(used, 4u) << "twenty calls should find all stores";
}

TEST_F(StorePool, GivesOtherRequestsToWhoeverHasLeastToDo) {
  start(3);
  // One store is busy with its call.
  for (uint64_t n = 1; n <= 10; ++n)
    self->send(pool, batch_of("CA1", n));
  for (int i = 0; i < 8; ++i)
    self->send(pool, list_recordings{"acme", ""});
  advance(20s);
  std::multiset<size_t> handled;
  for (auto& db : databases)
    handled.insert(db->handled);
  EXPECT_EQ(handled, (std::multiset<size_t>{4, 4, 10}))
    << "the busy one has its own ten, the others share the eight";
}

TEST_F(StorePool, AnswersAndPassesErrorsOn) {
  start(2);
  for (auto& db : databases)
    db->delay = 0s;
  auto agent = ask<agent_record>(pool, find_agent{"acme", "front-desk"});
  ASSERT_TRUE(agent);
  EXPECT_EQ(agent->name, "Front desk");
  auto ghost = ask<agent_record>(pool, find_agent{"acme", "ghost"});
  EXPECT_TRUE(ghost.error() == errc::not_found);
  EXPECT_TRUE(ask<caf::ok_atom>(pool, caf::ok_atom_v));
}

TEST_F(StorePool, RefusesWhatWouldWaitBehindTooMany) {
  start(1, 3);
  for (uint64_t n = 1; n <= 5; ++n)
    ask_later(batch_of("CA1", n));
  EXPECT_EQ(outcomes[2], "waits");
  for (int i : {3, 4})
    EXPECT_NE(outcomes[i].find("too many requests wait"), std::string::npos)
      << outcomes[i];
  advance(10s);
  EXPECT_EQ(outcomes[2], "stored");
  EXPECT_EQ(databases[0]->events_of("CA1").size(), 3u)
    << "what was refused was carried out";
  ask_later(batch_of("CA1", 9));
  advance(10s);
  EXPECT_EQ(outcomes.back(), "stored");
}

TEST_F(StorePool, DoesNotWaitForAStoreThatIsStuck) {
  start(1);
  databases[0]->delay = 1h;
  ask_later(batch_of("CA1", 1));
  advance(19s);
  ask_later(batch_of("CA1", 2));
  EXPECT_EQ(outcomes[1], "waits") << "its patience is not over";
  advance(1s);
  ask_later(batch_of("CA1", 3));
  EXPECT_NE(outcomes[2].find("does not answer"), std::string::npos)
    << outcomes[2];
  advance(2h);
  EXPECT_EQ(outcomes[1], "stored");
  databases[0]->delay = 1s;
  ask_later(batch_of("CA1", 4));
  advance(2s);
  EXPECT_EQ(outcomes[3], "stored") << "it is trusted again";
}

TEST_F(StorePool, TakesALongQueueForNoStandstill) {
  start(1);
  databases[0]->delay = 0s;
  // One answer each second: the delays of all run from their beginning.
  for (uint64_t n = 1; n <= 30; ++n) {
    databases[0]->delay = std::chrono::seconds{n};
    ask_later(batch_of("CA1", n));
  }
  advance(25s);
  ask_later(batch_of("CA1", 31));
  EXPECT_EQ(outcomes.back(), "waits");
  advance(60s);
  EXPECT_EQ(outcomes.back(), "stored");
}

} // namespace

} // namespace velox::persistence
