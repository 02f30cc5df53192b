#include "actors/call_journal.hpp"
#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "persistence/store_pool.hpp"
#include "protocol/type_ids.hpp"
#include "tests/persistence/records.hpp"
#include "tests/support/postgres_server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <fstream>
#include <thread>

namespace velox::persistence {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::velox>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", size_t{2});
  }
};

/// What all calls of a test have in common.
struct call_load {
  store_actor store;
  std::atomic<bool> talking = true;
  std::atomic<size_t> written = 0; ///< events, by all calls
  std::atomic<size_t> failures = 0;
  std::atomic<size_t> finished = 0;
  /// The longest that a call's own timer was late: what a caller would hear.
  std::atomic<int64_t> latest_ms = 0;
};

struct caller_state {
  actors::call_journal journal;
  uint64_t turn = 0;
  clock::time_point due = clock::now();
  bool done = false;
};

/// The part of a call that writes its log, with the journal of real calls and
/// their time-outs: something every 20 ms, an answer within 5 s or the batch
/// again a second later.
class caller {
public:
  caller(caf::stateful_actor<caller_state>* self, call_load& load)
    : self_(self), load_(load) {}

  void tick() const {
    auto& state = self_->state;
    auto late = std::chrono::duration_cast<std::chrono::milliseconds>(
      clock::now() - state.due);
    if (late.count() > load_.latest_ms)
      load_.latest_ms = late.count();
    auto first = state.journal.empty(); // else a batch, or a pause, is on
    if (load_.talking) {
      ++state.turn;
      state.journal.add(static_cast<unix_ms>(state.turn), "heard", state.turn,
                        R"({"index":0,"word":"tomorrow"})");
      state.journal.add(said("", state.turn % 40, "user", "Tomorrow at nine?"));
      ++load_.written;
      state.due = clock::now() + 20ms;
      self_->delayed_send(self_, 20ms, caf::tick_atom_v);
    }
    if (first)
      flush();
  }

  void flush() const {
    auto& state = self_->state;
    auto batch = state.journal.take();
    if (!batch) {
      if (!load_.talking && state.journal.empty()
          && !std::exchange(state.done, true))
        ++load_.finished;
      return;
    }
    self_->request(load_.store, 5s, std::move(*batch))
      .then(
        [me = *this] {
          me.self_->state.journal.stored();
          me.flush();
        },
        [me = *this](const caf::error&) {
          ++me.load_.failures;
          me.self_->state.journal.failed();
          me.self_->delayed_send(me.self_, 1s, caf::flush_atom_v);
        });
  }

private:
  caf::stateful_actor<caller_state>* self_;
  call_load& load_;
};

caf::behavior call(caf::stateful_actor<caller_state>* self,
                   const std::string& call_id, call_load* load) {
  self->state.journal.open(call_id, 1);
  caller me{self, *load};
  self->send(self, caf::tick_atom_v);
  return {
    [me](caf::tick_atom) { me.tick(); },
    [me](caf::flush_atom) { me.flush(); },
  };
}

/// Resident memory of this process in MiB.
double resident() {
  std::ifstream in{"/proc/self/statm"};
  size_t all = 0;
  size_t pages = 0;
  in >> all >> pages;
  return static_cast<double>(pages) * 4096 / (1 << 20);
}

enum class outage { killed, frozen };

class Outage : public ::testing::TestWithParam<outage> {
protected:
  static constexpr size_t calls = 50;

  test::postgres_server server;
  database_options database{.url = server.url()};
  config cfg;
  caf::actor_system sys{cfg};
  call_load load;
  std::vector<caf::actor> callers;

  void start_calls() {
    server.start();
    auto db = open_database(database);
    migrate(*db);
    add_tenants(*db);
    load.store = spawn_stores(sys, database, 4);
    for (size_t i = 0; i < calls; ++i) {
      auto id = "CA" + std::to_string(i);
      conversations{*db}.open(ringing(id));
      callers.push_back(sys.spawn(call, id, &load));
    }
  }

  void break_for(std::chrono::seconds time) {
    auto frozen = GetParam() == outage::frozen;
    frozen ? server.freeze() : server.kill();
    std::this_thread::sleep_for(time);
    frozen ? server.thaw() : server.start();
  }

  /// Ends the calls and waits until all is stored; how long that took.
  std::chrono::milliseconds finish() {
    auto begin = clock::now();
    load.talking = false;
    while (load.finished < calls && clock::now() - begin < 60s)
      std::this_thread::sleep_for(10ms);
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock::now()
                                                                 - begin);
  }

  void TearDown() override {
    for (auto& x : callers)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    callers.clear();
    caf::anon_send_exit(load.store, caf::exit_reason::kill);
    load.store = nullptr;
  }
};

TEST_P(Outage, LosesNothingOfFiftyCalls) {
  start_calls();
  std::this_thread::sleep_for(1500ms);
  auto before = resident();
  break_for(10s);
  auto after = resident();
  std::this_thread::sleep_for(1500ms);
  auto took = finish();
  ASSERT_EQ(load.finished, calls) << "something was not stored in time";
  auto db = open_database(database);
  size_t stored = 0;
  for (size_t i = 0; i < calls; ++i) {
    auto id = "CA" + std::to_string(i);
    auto count = db->query("SELECT COUNT(*), MAX(sequence), MIN(sequence) "
                           "FROM call_events WHERE call_id = $1",
                           id);
    ASSERT_TRUE(count.next());
    EXPECT_EQ(count.integer(0), count.integer(1)) << id << " has a gap";
    EXPECT_EQ(count.integer(2), 1) << id;
    stored += static_cast<size_t>(count.integer(0));
  }
  EXPECT_EQ(stored, load.written);
  EXPECT_LT(after - before, 64) << "MiB that the outage took";
  EXPECT_LT(load.latest_ms, 1000) << "a call stood still with the database";
  std::printf("outage of 10 s: %zu events of %zu calls, all stored; %zu "
              "requests failed; memory %.1f -> %.1f MiB; a call's timer was "
              "%lld ms late at most; all was stored %lld ms after the last "
              "word\n",
              stored, calls, load.failures.load(), before, after,
              static_cast<long long>(load.latest_ms),
              static_cast<long long>(took.count()));
}

INSTANTIATE_TEST_SUITE_P(When, Outage,
                         ::testing::Values(outage::killed, outage::frozen),
                         [](auto& x) {
                           return x.param == outage::killed ? "killed"
                                                            : "frozen";
                         });

} // namespace

} // namespace velox::persistence
