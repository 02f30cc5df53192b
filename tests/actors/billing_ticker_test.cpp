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
  ledger_actor make_ledger(int64_t credit) {
    return keep(sys.spawn([this, credit]() -> ledger_actor::behavior_type {
      auto book = std::make_shared<talk_time_book>(credit);
      return {[this, book](const charge& x) -> caf::result<balance> {
        if (away)
          return caf::make_error(errc::store_failed);
        charges.push_back(x);
        if (auto left = book->book(x)) {
          balance_left = left->seconds;
          return *left;
        }
        return caf::make_error(errc::out_of_credit);
      }};
    }));
  }

  void begin(int64_t credit = 100'000) {
    ledger = make_ledger(credit);
    connected_at = world.now();
    ticker = start();
  }

  billing_ticker_actor start() {
    return keep(sys.spawn(billing_ticker, as<out_of_credit_actor>(), ledger,
                          billing_options{"CA1", "o1", connected_at, 30s}));
  }

  void kill() {
    caf::anon_send_exit(ticker, caf::exit_reason::kill);
    settle();
  }

  /// The call is over: what it was charged in all, after at most `patience`.
  int64_t close(caf::timespan patience = caf::timespan{0}) {
    int64_t result = -1;
    auto request = self->request(ticker, caf::infinite, caf::close_atom_v);
    advance(patience);
    request.receive([&](int64_t x) { result = x; }, [](caf::error&) {});
    return result;
  }

  bool away = false;
  std::vector<charge> charges;
  int64_t balance_left = 0;
  talk_meter::time_point connected_at;
  ledger_actor ledger;
  billing_ticker_actor ticker;
};

TEST_F(BillingTicker, ChargesAnHourIn120TicksAndTheRest) {
  begin();
  advance(1h + 7500ms);
  ASSERT_EQ(charges.size(), 120u);
  for (uint64_t i = 0; i < charges.size(); ++i) {
    EXPECT_EQ(charges[i].tick, i);
    EXPECT_EQ(charges[i].seconds, 30);
    EXPECT_EQ(charges[i].call_id, "CA1");
    EXPECT_EQ(charges[i].org_id, "o1");
  }
  EXPECT_EQ(close(), 3608);
  ASSERT_EQ(charges.size(), 121u);
  EXPECT_EQ(charges[120].tick, 120u);
  EXPECT_EQ(charges[120].seconds, 8);
  EXPECT_EQ(balance_left, 100'000 - 3608);
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
}

TEST_F(BillingTicker, ChargesNoRestAtTheVeryEndOfATick) {
  begin();
  advance(60s);
  EXPECT_EQ(close(), 60);
  EXPECT_EQ(charges.size(), 2u);
}

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
  EXPECT_EQ(balance_left, 100'000 - 500);
}

TEST_F(BillingTicker, ReportsThatTheCreditIsUsedUp) {
  begin(70);
  advance(60s);
  EXPECT_FALSE(next<credit_exhausted>());
  advance(30s);
  EXPECT_TRUE(next<credit_exhausted>());
  EXPECT_EQ(balance_left, 10);
  advance(5s);
  EXPECT_EQ(close(), 65) << "the last five seconds did fit";
}

TEST_F(BillingTicker, SaysHowMuchWasBookedWhenTheRestDoesNotFit) {
  begin(35);
  advance(40s);
  EXPECT_EQ(close(), 30);
  EXPECT_EQ(balance_left, 5);
  EXPECT_TRUE(next<credit_exhausted>());
}

TEST_F(BillingTicker, TriesAgainWhatCouldNotBeCharged) {
  begin();
  away = true;
  advance(95s);
  EXPECT_FALSE(next<credit_exhausted>()) << "the ledger's fault";
  away = false;
  advance(25s);
  EXPECT_EQ(charges.size(), 4u);
  EXPECT_EQ(close(), 120);
}

TEST_F(BillingTicker, TriesAgainAtTheEnd) {
  begin();
  away = true;
  advance(65s);
  away = false;
  EXPECT_EQ(close(), 65);
  EXPECT_EQ(balance_left, 100'000 - 65);
}

TEST_F(BillingTicker, SaysWhatWasBookedWhenTheLedgerStaysAway) {
  begin();
  advance(35s);
  away = true;
  advance(30s);
  EXPECT_EQ(close(5s), 30);
}

TEST_F(BillingTicker, CountsATickOnceThoughItWasSentTwice) {
  begin();
  advance(30s - 1ns);
  world.sched.clock().current_time += 1ns; // due, but not fired yet
  caf::anon_send(ticker, caf::timeout_atom_v, uint64_t{0}); // sends tick 0
  // The end comes before the answer, and sends it again.
  auto request = self->request(ticker, caf::infinite, caf::close_atom_v);
  settle();
  int64_t total = -1;
  request.receive([&](int64_t x) { total = x; }, [](caf::error&) {});
  EXPECT_EQ(charges.size(), 2u);
  EXPECT_EQ(total, 30);
  EXPECT_EQ(balance_left, 100'000 - 30);
}

TEST_F(BillingTicker, ChargesNothingBehindTheEnd) {
  begin();
  advance(45s);
  EXPECT_EQ(close(), 45);
  advance(10min);
  EXPECT_EQ(balance_left, 100'000 - 45);
}

// -- the ledger in memory
// ------------------------------------------------------

TEST(TalkTimeBook, BooksEveryTickOnce) {
  talk_time_book book{100};
  EXPECT_EQ(book.book({"o1", "c1", 0, 30})->seconds, 70);
  EXPECT_EQ(book.book({"o1", "c1", 0, 30})->seconds, 70);
  EXPECT_EQ(book.book({"o1", "c2", 0, 30})->seconds, 40);
  EXPECT_EQ(book.book({"o1", "c1", 1, 30})->seconds, 10);
}

TEST(TalkTimeBook, BooksNothingThatDoesNotFit) {
  talk_time_book book{50};
  EXPECT_TRUE(book.book({"o1", "c1", 0, 30}));
  EXPECT_FALSE(book.book({"o1", "c1", 1, 30}));
  EXPECT_EQ(book.of("o1").seconds, 20);
  EXPECT_EQ(book.book({"o1", "c1", 1, 20})->seconds, 0) << "not booked before";
  EXPECT_EQ(book.book({"o1", "c1", 0, 30})->seconds, 0) << "known ticks fit";
}

TEST(TalkTimeBook, KeepsOrganisationsApart) {
  talk_time_book book{50};
  book.book({"o1", "c1", 0, 30});
  EXPECT_EQ(book.of("o2").seconds, 50);
}

TEST(TalkTimeBook, GivesNothingBack) {
  talk_time_book book{50};
  EXPECT_FALSE(book.book({"o1", "c1", 0, -30}));
  EXPECT_EQ(book.of("o1").seconds, 50);
}

class MemoryLedger : public test::actor_test {};

TEST_F(MemoryLedger, AnswersCharges) {
  auto ledger = keep(sys.spawn(memory_ledger, int64_t{40}));
  EXPECT_EQ(ask<balance>(ledger, charge{"o1", "c1", 0, 30})->seconds, 10);
  auto refused = ask<balance>(ledger, charge{"o1", "c1", 1, 30});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), errc::out_of_credit);
}

} // namespace

} // namespace velox::actors
