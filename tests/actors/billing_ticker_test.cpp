#include "actors/billing_ticker.hpp"

#include "actors/memory_ledger.hpp"
#include "protocol/errc.hpp"
#include "tests/support/actor_test.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

class BillingTicker : public test::actor_test {
protected:
  /// A ledger that notes what it is sent, and can be away.
  ledger_actor make_ledger() {
    return keep(sys.spawn([this]() -> ledger_actor::behavior_type {
      return {
        [this](const reserve_talk_time& x) -> caf::result<talk_time> {
          if (auto hold = book->reserve(x))
            return *hold;
          return caf::make_error(errc::out_of_credit);
        },
        [this](const charge& x) -> caf::result<talk_time> {
          if (away)
            return caf::make_error(errc::store_failed);
          charges.push_back(x);
          return *book->book(x);
        },
        [this](const settle_call& x) -> caf::result<call_bill> {
          if (away)
            return caf::make_error(errc::store_failed);
          settlements.push_back(x);
          return *book->settle(x);
        },
        [](const release_talk_time&) {},
        [this](const find_credit& x) { return book->of(x.org_id); },
        [](const list_quiet_calls&) { return quiet_calls{}; },
        [](const recover_call&) { return call_recovered{}; },
      };
    }));
  }

  void begin(int64_t credit = 100'000, int64_t reservation = 300) {
    book.emplace(credit, reservation);
    ledger = make_ledger();
    connected_at = world.now();
    hold = *book->reserve({"o1", "CA1", "n1", birth, true});
    ticker = start();
  }

  billing_ticker_actor start() {
    billing_options x;
    x.call_id = "CA1";
    x.org_id = "o1";
    x.connected_at = connected_at;
    x.started_at = birth;
    x.hold = hold;
    return keep(
      sys.spawn(billing_ticker, as<out_of_credit_actor>(), ledger, x));
  }

  void kill() {
    caf::anon_send_exit(ticker, caf::exit_reason::kill);
    settle();
  }

  /// The call is over: what it was billed in all, after at most `patience`.
  int64_t close(caf::timespan patience = caf::timespan{0}) {
    int64_t result = -1;
    auto request = self->request(ticker, caf::infinite, caf::close_atom_v);
    advance(patience);
    request.receive([&](int64_t x) { result = x; }, [](caf::error&) {});
    return result;
  }

  int64_t credit() { return book->of("o1").credit_seconds; }

  /// How much of what was talked nobody has paid for.
  int64_t owed() { return book->of("o1").owed_seconds; }

  static constexpr unix_ms birth = 1'700'000'000'000;
  bool away = false;
  std::optional<talk_time_book> book;
  std::vector<charge> charges;
  std::vector<settle_call> settlements;
  talk_time hold;
  talk_meter::time_point connected_at;
  ledger_actor ledger;
  billing_ticker_actor ticker;
};

// Field lesson 17: a balance in minutes that was ticked by halves. Here a tick
// is 30 seconds, and 30 seconds are charged.
TEST_F(BillingTicker, ChargesAnHourIn120TicksAndTheRest) {
  begin();
  advance(1h + 7500ms);
  ASSERT_EQ(charges.size(), 120u);
  for (uint64_t i = 0; i < charges.size(); ++i) {
    EXPECT_EQ(charges[i].tick, i);
    EXPECT_EQ(charges[i].seconds, 30);
    EXPECT_EQ(charges[i].call_id, "CA1");
    EXPECT_EQ(charges[i].org_id, "o1");
    EXPECT_EQ(charges[i].at, birth + 30'000 * static_cast<unix_ms>(i + 1));
  }
  EXPECT_EQ(close(), 3608);
  ASSERT_EQ(charges.size(), 120u);
  ASSERT_EQ(settlements.size(), 1u);
  EXPECT_EQ(settlements[0].tick, 120u);
  EXPECT_EQ(settlements[0].seconds, 8);
  EXPECT_EQ(settlements[0].at, birth + 3'607'500);
  EXPECT_EQ(credit(), 100'000 - 3608);
}

TEST_F(BillingTicker, ChargesATickWhenItIsOver) {
  begin();
  advance(30s - 1ns);
  EXPECT_TRUE(charges.empty());
  advance(1ns);
  EXPECT_EQ(charges.size(), 1u);
}

TEST_F(BillingTicker, ChargesNothingForACallOfNoLength) {
  begin();
  EXPECT_EQ(close(), 0);
  EXPECT_TRUE(charges.empty());
  EXPECT_EQ(credit(), 100'000) << "what it held is back";
}

TEST_F(BillingTicker, ChargesNoRestAtTheVeryEndOfATick) {
  begin();
  advance(60s);
  EXPECT_EQ(close(), 60);
  EXPECT_EQ(charges.size(), 2u);
}

// Field lesson 16: usage counted several times over.
TEST_F(BillingTicker, ChargesNothingTwiceAfterARestart) {
  begin();
  for (int i = 0; i < 10; ++i) {
    advance(47s);
    kill();
    advance(1s); // the supervisor's pause
    ticker = start();
  }
  advance(20s);
  EXPECT_EQ(close(), 500);
  EXPECT_EQ(credit(), 100'000 - 500);
}

// -- the end of the credit
// -------------------------------------------------------

TEST_F(BillingTicker, GivesNoticeWhileTheGoodbyeIsStillCovered) {
  begin(70);
  advance(61s - 1ns);
  EXPECT_FALSE(next<credit_exhausted>());
  advance(1ns);
  EXPECT_TRUE(next<credit_exhausted>()) << "9 seconds are left";
  advance(8s);
  EXPECT_EQ(close(), 69);
  EXPECT_EQ(credit(), 1);
  EXPECT_EQ(owed(), 0);
}

TEST_F(BillingTicker, GivesNoticeBeforeTheFirstTickWhenThereIsLittle) {
  begin(20);
  advance(11s - 1ns);
  EXPECT_FALSE(next<credit_exhausted>());
  advance(1ns);
  EXPECT_TRUE(next<credit_exhausted>());
}

TEST_F(BillingTicker, GivesNoticeOnce) {
  begin(40);
  advance(10min);
  EXPECT_EQ(all<credit_exhausted>().size(), 1u);
  EXPECT_EQ(close(), 600) << "the call did not end, so it is owed";
  EXPECT_EQ(owed(), 560);
}

TEST_F(BillingTicker, IsNotWorriedByASmallReservationOfALargeCredit) {
  begin(100'000, 30);
  advance(10min);
  EXPECT_FALSE(next<credit_exhausted>());
  EXPECT_EQ(owed(), 0);
}

TEST_F(BillingTicker, GoesOnWhenCreditIsBought) {
  begin(70);
  advance(50s);
  book->grant("o1", 1000, "invoice");
  advance(60s);
  EXPECT_FALSE(next<credit_exhausted>()) << "the tick at 60 s has seen it";
  EXPECT_EQ(close(), 110);
}

TEST_F(BillingTicker, GivesNoFalseNoticeAfterARestart) {
  begin(400);
  hold = {300, 0, 0}; // others held the rest when it began
  advance(10s);
  kill();
  advance(300s); // it is long down
  book->grant("o1", 1000, "invoice");
  ticker = start();
  advance(1s);
  EXPECT_FALSE(next<credit_exhausted>());
}

// -- the ledger is away
// ----------------------------------------------------------

TEST_F(BillingTicker, SendsWhatIsOwedInOrderWhenTheLedgerIsBack) {
  begin();
  away = true;
  advance(95s);
  EXPECT_FALSE(next<credit_exhausted>()) << "the ledger's fault";
  EXPECT_FALSE(next<end_call>());
  away = false;
  advance(5s);
  ASSERT_EQ(charges.size(), 3u);
  for (uint64_t i = 0; i < 3; ++i)
    EXPECT_EQ(charges[i].tick, i);
  advance(20s);
  EXPECT_EQ(charges.size(), 4u);
  EXPECT_EQ(close(), 120);
}

TEST_F(BillingTicker, KeepsACallForTenMinutesWithoutALedger) {
  begin();
  advance(45s);
  away = true;
  advance(10min); // the first tick that fails is at 60 s
  EXPECT_FALSE(next<end_call>());
  advance(30s);
  auto end = next<end_call>();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->why, end_reason::credit_exhausted);
  EXPECT_EQ(end->explanation, "The ledger has not answered for too long.");
  advance(1min);
  EXPECT_FALSE(next<end_call>()) << "once";
}

TEST_F(BillingTicker, ForgetsThatTheLedgerWasAway) {
  begin();
  for (int i = 0; i < 4; ++i) {
    away = true;
    advance(5min);
    away = false;
    advance(1min);
  }
  EXPECT_FALSE(next<end_call>());
  EXPECT_EQ(close(), 24 * 60);
}

TEST_F(BillingTicker, TriesAgainAtTheEnd) {
  begin();
  away = true;
  advance(65s);
  away = false;
  EXPECT_EQ(close(), 65);
  EXPECT_EQ(credit(), 100'000 - 65);
}

TEST_F(BillingTicker, SaysWhatWasBilledWhenTheLedgerStaysAway) {
  begin();
  advance(35s);
  away = true;
  advance(30s);
  EXPECT_EQ(close(5s), 30) << "recovery settles the rest from the call log";
}

TEST_F(BillingTicker, CountsATickOnceThoughItWasSentTwice) {
  begin();
  advance(30s - 1ns);
  world.sched.clock().current_time += 1ns; // due, but not fired yet
  caf::anon_send(ticker, caf::timeout_atom_v, uint64_t{0}); // sends tick 0
  // The end comes before the answer.
  auto request = self->request(ticker, caf::infinite, caf::close_atom_v);
  settle();
  int64_t total = -1;
  request.receive([&](int64_t x) { total = x; }, [](caf::error&) {});
  EXPECT_EQ(charges.size(), 1u);
  EXPECT_EQ(total, 30);
  EXPECT_EQ(credit(), 100'000 - 30);
}

TEST_F(BillingTicker, ChargesNothingBehindTheEnd) {
  begin();
  advance(45s);
  EXPECT_EQ(close(), 45);
  advance(10min);
  EXPECT_EQ(credit(), 100'000 - 45);
}

// -- the ledger in memory; its contract is that of the real one, in
// tests/persistence
// ------------------------------------------------------

class MemoryLedger : public test::actor_test {};

TEST_F(MemoryLedger, AnswersAsAnActor) {
  auto ledger = keep(sys.spawn(memory_ledger, int64_t{40}));
  EXPECT_EQ(ask<talk_time>(ledger, reserve_talk_time{"o1", "c1", "n", 1, true})
              ->covered_seconds,
            40);
  auto refused
    = ask<talk_time>(ledger, reserve_talk_time{"o1", "c2", "n", 1, true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), errc::out_of_credit);
  EXPECT_EQ(
    ask<talk_time>(ledger, charge{"o1", "c1", 0, 30, 2})->covered_seconds, 10);
  EXPECT_EQ(ask<talk_time>(ledger, charge{"o1", "c9", 0, 30, 2}).error(),
            errc::not_found);
  EXPECT_EQ(
    ask<call_bill>(ledger, settle_call{"o1", "c1", 1, 5, 3})->billed_seconds,
    35);
  EXPECT_EQ(ask<talk_credit>(ledger, find_credit{"o1"})->credit_seconds, 5);
}

} // namespace

} // namespace velox::actors
