#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "persistence/ledger.hpp"
#include "persistence/ledger_audit.hpp"
#include "persistence/recovery.hpp"
#include "protocol/talk_accounts.hpp"
#include "tests/persistence/hooked_connection.hpp"
#include "tests/persistence/records.hpp"

#include <atomic>
#include <chrono>
#include <gmock/gmock.h>
#include <iostream>
#include <limits>
#include <map>
#include <random>
#include <thread>

namespace velox::persistence {

namespace {

using ::testing::IsEmpty;

constexpr unix_ms zero = 1'700'000'000'000;

/// What `kill -9` does to a transaction, as far as the database can tell.
struct crash {};

/// One call as the test knows it.
struct known_call {
  bool on_line = false;
  unix_ms began = 0;       ///< its present leg
  int64_t talked = 0;      ///< whole seconds, all legs
  int64_t leg_talked = 0;  ///< of the present leg, ticks and events
  uint64_t next_tick = 1;  ///< numbers never repeat
  uint64_t next_event = 1; ///< of its log
};

/// Random histories of an organisation: calls, plans, top-ups and refunds, with
/// crashes around every commit, after which the same is asked for again, or the
/// call is left to recovery.
class LedgerHistory : public every_tenants_test {
protected:
  void SetUp() override {
    hooked.before("COMMIT", [this] {
      if (armed && chance(8))
        throw crash{};
    });
    hooked.after("COMMIT", [this] {
      if (armed && chance(8))
        throw crash{};
    });
  }

  bool chance(unsigned one_in) { return random() % one_in == 0; }

  int64_t pick(int64_t most) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(most + 1));
  }

  /// Asks until an answer gets through, as those who were left without one do.
  template <class F>
  auto insist(F work) -> decltype(work()) {
    for (;;) {
      armed = true;
      try {
        auto result = work();
        armed = false;
        return result;
      } catch (const crash&) {
        ++crashes;
      }
    }
  }

  void change_plan() {
    auto minimum = pick(1) * 10 * pick(6);
    auto increment = chance(2) ? 1 : 1 + pick(59);
    db->execute("UPDATE plans SET minimum_seconds = $1, increment_seconds = $2 "
                "WHERE id = 'PREPAID'",
                minimum, increment);
  }

  void begin(const std::string& id) {
    auto& call = calls[id];
    auto leg = "leg" + std::to_string(++legs);
    auto hold = insist([&] { return books.reserve("acme", id, now, leg); });
    if (!hold)
      return;
    if (chance(6)) { // its media socket never comes
      insist([&] { return books.release("acme", id, leg, now); });
      return;
    }
    ASSERT_TRUE(insist([&] { return books.connect("acme", id, now, leg); }));
    insist([&] { return conversations{hooked}.open(ringing(id)); });
    call.on_line = true;
    call.began = now;
    call.leg_talked = 0;
  }

  /// Talk goes on for `seconds`; the ledger hears of it.
  void tick(const std::string& id, int64_t seconds) {
    auto& call = calls[id];
    call.talked += seconds;
    call.leg_talked += seconds;
    auto at = call.began + call.leg_talked * 1000;
    now = std::max(now, at);
    auto number = call.next_tick++;
    insist([&] { return books.charge("acme", id, number, seconds, at); });
    if (chance(3)) // the answer was late, and it is sent again
      insist([&] { return books.charge("acme", id, number, seconds, at); });
  }

  void hang_up(const std::string& id, int64_t seconds) {
    auto& call = calls[id];
    call.talked += seconds;
    call.leg_talked += seconds;
    auto at = call.began + call.leg_talked * 1000;
    now = std::max(now, at);
    auto number = call.next_tick++;
    auto settle = [&] {
      insist([&] { return books.settle("acme", id, number, seconds, at); });
    };
    auto close = [&] {
      auto end = hung_up(id);
      end.why = end_reason::wire_lost; // so that it may come back
      end.at = at;
      insist([&] {
        conversations{hooked}.close(end);
        return true;
      });
    };
    if (chance(2)) {
      settle();
      close();
    } else { // whoever is faster
      close();
      settle();
    }
    call.on_line = false;
  }

  /// The engine dies; the call had talked for `seconds` more.
  void die(const std::string& id, int64_t seconds) {
    auto& call = calls[id];
    call.talked += seconds;
    call.leg_talked += seconds;
    auto at = call.began + call.leg_talked * 1000;
    now = std::max(now, at);
    call_log{*db}.append({{{id, call.next_event++, at, "heard", 0, "{}"}}, {}});
    if (chance(2))
      insist([&] { return recovery{hooked}.recover(id, now); });
    // Else whoever carries it next finds it open.
    call.on_line = false;
  }

  void step() {
    now += 1000 + pick(20'000);
    auto id = "CA" + std::to_string(pick(3));
    auto& call = calls[id];
    auto what = random() % 8;
    if (what == 0) {
      auto seconds = pick(500);
      granted += seconds;
      auto key = "grant" + std::to_string(++keys);
      insist([&] { return books.grant("acme", seconds, key, "", now); });
    } else if (what == 1) {
      auto seconds = pick(200);
      withdrawn += seconds;
      auto key = "refund" + std::to_string(++keys);
      insist([&] { return books.withdraw("acme", seconds, key, "", now); });
    } else if (what == 2) {
      change_plan();
    } else if (!call.on_line) {
      begin(id);
    } else if (what < 6) {
      tick(id, 1 + pick(59));
    } else if (what == 6) {
      hang_up(id, pick(29));
    } else {
      die(id, 1 + pick(29));
    }
  }

  void expect_agreement(uint32_t seed) {
    for (auto& finding : ledger_audit::check(*db))
      ADD_FAILURE() << "seed " << seed << ": " << finding;
    auto has = books.find("acme");
    auto found = db->query("SELECT SUM(billed_seconds) FROM call_reservations "
                           "WHERE org_id = 'acme'");
    ASSERT_TRUE(found.next());
    EXPECT_EQ(has.credit_seconds + has.reserved_seconds - has.owed_seconds,
              600 + granted - withdrawn - found.integer(0))
      << "seed " << seed;
  }

  hooked_connection hooked{*db};
  ledger books{hooked, {.reservation_seconds = 90}};
  std::mt19937 random;
  std::map<std::string, known_call> calls;
  unix_ms now = zero;
  int64_t granted = 0;
  int64_t withdrawn = 0;
  int keys = 0;
  int legs = 0;
  int crashes = 0;
  bool armed = false;
};

TEST_P(LedgerHistory, AgreesInAllViewsWhateverHappens) {
  auto seeds = on_postgres() ? 4u : 12u;
  for (uint32_t seed = 0; seed < seeds; ++seed) {
    random.seed(seed);
    for (int i = 0; i < 80; ++i) {
      step();
      if (HasFatalFailure())
        return;
    }
    expect_agreement(seed);
  }
  EXPECT_GT(crashes, 50) << "the test is asleep";
  for (auto& [id, call] : calls)
    if (call.on_line)
      hang_up(id, 1);
  recovery{*db}.run(std::numeric_limits<unix_ms>::max(), now);
  expect_agreement(seeds);
  EXPECT_EQ(books.find("acme").reserved_seconds, 0);
  // What was talked was billed, by the rule of each call, and no second more.
  for (auto& [id, call] : calls) {
    auto found = db->query("SELECT talked_seconds, billed_seconds, "
                           "minimum_seconds, increment_seconds "
                           "FROM call_reservations WHERE call_id = $1",
                           id);
    if (!found.next())
      continue;
    EXPECT_EQ(found.integer(0), call.talked) << id;
    billing_rule own{found.integer(2), found.integer(3)};
    EXPECT_EQ(found.integer(1), own.billed(call.talked)) << id;
  }
  EXPECT_THAT(ledger_audit::open_without_live_call(*db), IsEmpty());
}

VELOX_ON_EVERY_ENGINE(LedgerHistory);

// -- many at once
// ----------------------------------------------------------------

class LedgerLoad : public every_tenants_test {
protected:
  /// One call: ticks and top-ups in turn. Returns what it has bought.
  int64_t talk(const std::string& call, int rounds, int64_t bought) {
    auto options = own.options(); // a busy machine is no failure
    options.statement_timeout = std::chrono::seconds{60};
    options.patience = std::chrono::seconds{60};
    auto own_db = open_database(options);
    ledger books{*own_db};
    books.grant("acme", bought, call + ":first", "", zero);
    while (!books.connect("acme", call, zero, "n1")) // others hold it all
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    for (int i = 0; i < rounds; ++i) {
      auto at = zero + (i + 1) * tick * 1000;
      books.charge("acme", call, static_cast<uint64_t>(i), tick, at);
      books.grant("acme", tick, call + ":" + std::to_string(i), "", at);
    }
    books.settle("acme", call, static_cast<uint64_t>(rounds), 0,
                 zero + rounds * tick * 1000);
    return bought + rounds * tick;
  }

  /// Many of these at once; the sum is exact afterwards.
  void run(int workers, int rounds, int64_t bought) {
    std::atomic<int64_t> granted = 0;
    std::vector<std::thread> threads;
    auto before = std::chrono::steady_clock::now();
    for (int w = 0; w < workers; ++w)
      threads.emplace_back([&, w] {
        try {
          granted += talk("CA" + std::to_string(w), rounds, bought);
        } catch (const std::exception& e) {
          ADD_FAILURE() << e.what();
        }
      });
    for (auto& x : threads)
      x.join();
    std::chrono::duration<double> span
      = std::chrono::steady_clock::now() - before;
    EXPECT_THAT(ledger_audit::check(*db), IsEmpty());
    auto has = ledger{*db}.find("acme");
    EXPECT_EQ(has.reserved_seconds, 0);
    EXPECT_EQ(has.credit_seconds - has.owed_seconds,
              600 + granted - int64_t{workers} * rounds * tick);
    auto entries = count("SELECT COUNT(*) FROM ledger_entries");
    EXPECT_GE(entries, 2 * workers * rounds);
    std::cout << entries << " entries in " << span.count()
              << " s: " << static_cast<double>(entries) / span.count()
              << " a second, " << workers << " workers, one organisation\n";
  }

  static constexpr int64_t tick = 30;
};

/// 64 workers with connections of their own and one organisation: 10,000 ticks
/// and top-ups, exact to the second.
TEST_P(LedgerLoad, KeepsTheSumOfTenThousandTicks) {
  if (on_postgres()) // SQLite has one writer; the property test is its
    run(64, 78, 400);
}

/// The same with next to no credit: everybody waits for the others' top-ups,
/// owes in between, and every entry contradicts those of the others.
TEST_P(LedgerLoad, KeepsTheSumWhenEverySecondIsContested) {
  if (on_postgres())
    run(16, 10, 1);
}

VELOX_ON_EVERY_ENGINE(LedgerLoad);

} // namespace

} // namespace velox::persistence
