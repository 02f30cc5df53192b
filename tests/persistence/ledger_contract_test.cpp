#include "actors/memory_ledger.hpp"
#include "persistence/ledger.hpp"
#include "persistence/ledger_audit.hpp"
#include "tests/persistence/records.hpp"

#include <gmock/gmock.h>

namespace velox::persistence {

namespace {

constexpr unix_ms zero = 1'700'000'000'000;

/// A ledger of either kind, with an organisation "acme" that has 600 s and one
/// "rival" that has 60 s.
class ledger_under_test {
public:
  virtual ~ledger_under_test() = default;
  virtual talk_credit grant(int64_t seconds, const std::string& key) = 0;
  virtual talk_credit withdraw(int64_t seconds, const std::string& key) = 0;
  virtual std::optional<talk_time> reserve(const reserve_talk_time& x) = 0;
  virtual std::optional<talk_time> book(const charge& x) = 0;
  virtual std::optional<call_bill> settle(const settle_call& x) = 0;
  virtual void release(const release_talk_time& x) = 0;
  virtual talk_credit of(const std::string& org_id) = 0;

  /// What is wrong with the books.
  virtual std::vector<std::string> check() = 0;
};

class in_memory final : public ledger_under_test {
public:
  in_memory() { book_.withdraw("rival", 540, "opening"); }

  talk_credit grant(int64_t seconds, const std::string& key) override {
    return book_.grant("acme", seconds, key);
  }
  talk_credit withdraw(int64_t seconds, const std::string& key) override {
    return book_.withdraw("acme", seconds, key);
  }
  std::optional<talk_time> reserve(const reserve_talk_time& x) override {
    return book_.reserve(x);
  }
  std::optional<talk_time> book(const charge& x) override {
    return book_.book(x);
  }
  std::optional<call_bill> settle(const settle_call& x) override {
    return book_.settle(x);
  }
  void release(const release_talk_time& x) override { book_.release(x); }
  talk_credit of(const std::string& org_id) override {
    return book_.of(org_id);
  }
  std::vector<std::string> check() override { return {}; }

private:
  actors::talk_time_book book_{600};
};

class in_database final : public ledger_under_test {
public:
  explicit in_database(connection& db) : db_(db) {}

  talk_credit grant(int64_t seconds, const std::string& key) override {
    return ledger_.grant("acme", seconds, key, "", zero);
  }
  talk_credit withdraw(int64_t seconds, const std::string& key) override {
    return ledger_.withdraw("acme", seconds, key, "", zero);
  }
  std::optional<talk_time> reserve(const reserve_talk_time& x) override {
    try {
      return x.connected ? ledger_.connect(x.org_id, x.call_id, x.at, x.leg)
                         : ledger_.reserve(x.org_id, x.call_id, x.at, x.leg);
    } catch (const not_found&) {
      return std::nullopt;
    }
  }
  std::optional<talk_time> book(const charge& x) override {
    return or_none([&] {
      return ledger_.charge(x.org_id, x.call_id, x.tick, x.seconds, x.at);
    });
  }
  std::optional<call_bill> settle(const settle_call& x) override {
    return or_none([&] {
      return ledger_.settle(x.org_id, x.call_id, x.tick, x.seconds, x.at);
    });
  }
  void release(const release_talk_time& x) override {
    ledger_.release(x.org_id, x.call_id, x.leg, x.at);
  }
  talk_credit of(const std::string& org_id) override {
    return ledger_.find(org_id);
  }
  std::vector<std::string> check() override { return ledger_audit::check(db_); }

private:
  template <class F>
  auto or_none(F work) -> std::optional<decltype(work())> {
    try {
      return work();
    } catch (const not_found&) {
      return std::nullopt;
    } catch (const database_error& e) {
      EXPECT_EQ(e.why(), failure::constraint);
      return std::nullopt;
    }
  }

  connection& db_;
  ledger ledger_{db_};
};

enum class kind { memory, sqlite, postgres };

class LedgerContract : public ::testing::TestWithParam<kind> {
protected:
  LedgerContract() {
    if (GetParam() == kind::memory) {
      books = std::make_unique<in_memory>();
      return;
    }
    own.emplace(GetParam() == kind::sqlite ? engine::sqlite : engine::postgres);
    db = own->open();
    add_tenants(*db);
    books = std::make_unique<in_database>(*db);
  }

  void TearDown() override {
    EXPECT_THAT(books->check(), ::testing::IsEmpty());
  }

  /// The caller is on the line `at` seconds after zero.
  std::optional<talk_time> connect(const std::string& call, int64_t at = 0,
                                   const std::string& leg = "n1") {
    return books->reserve({"acme", call, leg, zero + at * 1000, true});
  }

  std::optional<talk_time> reserve(const std::string& call, int64_t at = 0,
                                   const std::string& leg = "n1") {
    return books->reserve({"acme", call, leg, zero + at * 1000, false});
  }

  std::optional<talk_time>
  tick(const std::string& call, uint64_t number, int64_t seconds, int64_t at) {
    return books->book({"acme", call, number, seconds, zero + at * 1000});
  }

  std::optional<call_bill> settle(const std::string& call, uint64_t number,
                                  int64_t seconds, int64_t at) {
    return books->settle({"acme", call, number, seconds, zero + at * 1000});
  }

  void expect_credit(int64_t credit, int64_t reserved, int64_t owed) {
    auto x = books->of("acme");
    EXPECT_EQ(x.credit_seconds, credit);
    EXPECT_EQ(x.reserved_seconds, reserved);
    EXPECT_EQ(x.owed_seconds, owed);
  }

  std::optional<test_database> own;
  std::unique_ptr<connection> db;
  std::unique_ptr<ledger_under_test> books;
};

TEST_P(LedgerContract, GrantsOncePerKey) {
  EXPECT_EQ(books->grant(100, "invoice-1").credit_seconds, 700);
  EXPECT_EQ(books->grant(100, "invoice-1").credit_seconds, 700);
  EXPECT_EQ(books->grant(100, "invoice-2").credit_seconds, 800);
}

TEST_P(LedgerContract, TakesBackWhatWasUsedAsDebt) {
  EXPECT_EQ(books->withdraw(500, "refund-1").credit_seconds, 100);
  auto left = books->withdraw(150, "refund-2");
  EXPECT_EQ(left.credit_seconds, 0);
  EXPECT_EQ(left.owed_seconds, 50);
  EXPECT_FALSE(left.open);
  EXPECT_FALSE(connect("CA1")) << "whoever owes cannot call";
  left = books->grant(60, "invoice");
  EXPECT_EQ(left.credit_seconds, 10);
  EXPECT_EQ(left.owed_seconds, 0);
  EXPECT_EQ(connect("CA1")->covered_seconds, 10);
}

TEST_P(LedgerContract, HoldsFiveMinutesAheadOrWhatThereIs) {
  EXPECT_EQ(connect("CA1")->covered_seconds, 300);
  EXPECT_EQ(connect("CA1")->covered_seconds, 300) << "asked twice, held once";
  EXPECT_EQ(connect("CA2")->covered_seconds, 300);
  expect_credit(0, 600, 0);
  EXPECT_FALSE(connect("CA3"));
  expect_credit(0, 600, 0);
  settle("CA1", 0, 200, 200);
  EXPECT_EQ(connect("CA3")->covered_seconds, 100) << "less when there is less";
}

TEST_P(LedgerContract, ChargesATickOnce) {
  connect("CA1");
  auto left = tick("CA1", 0, 30, 30);
  EXPECT_EQ(left->covered_seconds, 300) << "filled up again";
  EXPECT_EQ(left->credit_seconds, 270);
  EXPECT_EQ(left->billed_seconds, 30);
  left = tick("CA1", 0, 30, 30);
  EXPECT_EQ(left->billed_seconds, 30);
  expect_credit(270, 300, 0);
  tick("CA1", 2, 30, 90); // out of order
  tick("CA1", 1, 30, 60);
  auto bill = settle("CA1", 3, 7, 97);
  EXPECT_EQ(bill->talked_seconds, 97);
  EXPECT_EQ(bill->billed_seconds, 97);
  expect_credit(503, 0, 0);
  EXPECT_EQ(settle("CA1", 3, 7, 97)->billed_seconds, 97) << "once";
  expect_credit(503, 0, 0);
}

TEST_P(LedgerContract, RunsDryToTheSecondAndThenOwes) {
  books->withdraw(555, "leaves 45");
  EXPECT_EQ(connect("CA1")->covered_seconds, 45);
  auto left = tick("CA1", 0, 30, 30);
  EXPECT_EQ(left->covered_seconds, 15);
  EXPECT_EQ(left->credit_seconds, 0);
  left = tick("CA1", 1, 30, 60);
  EXPECT_EQ(left->covered_seconds, 0);
  EXPECT_EQ(left->billed_seconds, 60) << "talk is never free";
  expect_credit(0, 0, 15);
  settle("CA1", 2, 3, 63);
  expect_credit(0, 0, 18);
}

TEST_P(LedgerContract, GoesOnWhenCreditComesDuringTheCall) {
  books->withdraw(570, "leaves 30");
  connect("CA1");
  EXPECT_EQ(tick("CA1", 0, 30, 30)->covered_seconds, 0);
  books->grant(1000, "invoice");
  EXPECT_EQ(tick("CA1", 1, 30, 60)->covered_seconds, 300);
  settle("CA1", 2, 0, 60);
  expect_credit(970, 0, 0);
}

TEST_P(LedgerContract, PaysDebtFromWhatACallGivesBack) {
  connect("CA1"); // 300
  connect("CA2"); // 300
  tick("CA1", 0, 310, 310);
  expect_credit(0, 300, 10);
  settle("CA2", 0, 100, 400);
  expect_credit(190, 0, 0);
}

TEST_P(LedgerContract, ResumesACallAsAnotherLeg) {
  connect("CA1", 0, "n1");
  tick("CA1", 0, 30, 30);
  EXPECT_EQ(settle("CA1", 1, 5, 35)->billed_seconds, 35);
  auto again = connect("CA1", 100, "n2");
  EXPECT_EQ(again->covered_seconds, 300);
  EXPECT_EQ(again->billed_seconds, 35);
  EXPECT_EQ(tick("CA1", 1, 30, 35)->billed_seconds, 35)
    << "late news of the first leg, which is settled";
  EXPECT_EQ(settle("CA1", 7, 30, 60)->billed_seconds, 35) << "this, too";
  EXPECT_EQ(tick("CA1", 100'000, 30, 130)->billed_seconds, 65);
  EXPECT_EQ(settle("CA1", 100'001, 1, 131)->billed_seconds, 66);
  expect_credit(534, 0, 0);
}

TEST_P(LedgerContract, TakesUpACallWhoseFormerLegNobodySettled) {
  connect("CA1", 0, "n1");
  tick("CA1", 0, 30, 30);
  auto again = connect("CA1", 60, "n2");
  EXPECT_EQ(again->covered_seconds, 300);
  EXPECT_EQ(again->billed_seconds, 30);
  EXPECT_EQ(settle("CA1", 60'000, 12, 72)->billed_seconds, 42);
  expect_credit(558, 0, 0);
}

TEST_P(LedgerContract, GivesBackWhatASocketThatNeverStartedHeld) {
  EXPECT_EQ(reserve("CA1")->covered_seconds, 300);
  books->release({"acme", "CA1", "another", zero});
  expect_credit(300, 300, 0);
  books->release({"acme", "CA1", "n1", zero});
  expect_credit(600, 0, 0);
  books->release({"acme", "CA1", "n1", zero});
  expect_credit(600, 0, 0);
}

TEST_P(LedgerContract, KeepsWhatACallOnTheLineHolds) {
  reserve("CA1", 0, "n1");
  EXPECT_EQ(reserve("CA1", 1, "n2")->covered_seconds, 300)
    << "a second handshake is told of the same hold";
  connect("CA1", 2, "n2");
  expect_credit(300, 300, 0);
  books->release({"acme", "CA1", "n1", zero + 5000});
  books->release({"acme", "CA1", "n2", zero + 5000});
  expect_credit(300, 300, 0);
}

TEST_P(LedgerContract, GoesOnWithACallThatWasTakenForDead) {
  connect("CA1");
  tick("CA1", 0, 30, 30);
  settle("CA1", 999, 10, 40); // by somebody who thought so
  expect_credit(560, 0, 0);
  auto left = tick("CA1", 1, 30, 60);
  EXPECT_EQ(left->billed_seconds, 60) << "10 s of this tick were paid already";
  EXPECT_EQ(left->covered_seconds, 300) << "it is held for again";
  EXPECT_EQ(settle("CA1", 2, 4, 64)->billed_seconds, 64);
  expect_credit(536, 0, 0);
}

TEST_P(LedgerContract, KeepsOrganisationsApart) {
  connect("CA1");
  EXPECT_FALSE(books->reserve({"rival", "CA1", "n1", zero, true}));
  EXPECT_FALSE(books->book({"rival", "CA1", 0, 30, zero}));
  EXPECT_FALSE(books->settle({"rival", "CA1", 0, 30, zero}));
  EXPECT_EQ(books->of("rival").credit_seconds, 60);
  EXPECT_EQ(tick("CA1", 0, 30, 30)->billed_seconds, 30);
}

TEST_P(LedgerContract, RefusesCallsThatReservedNothing) {
  EXPECT_FALSE(tick("CA1", 0, 30, 30));
  EXPECT_FALSE(settle("CA1", 0, 30, 30));
  connect("CA1");
  EXPECT_FALSE(tick("CA1", 0, -30, 30)) << "nothing is given back this way";
  EXPECT_FALSE(settle("CA1", 0, -30, 30));
  expect_credit(300, 300, 0);
}

INSTANTIATE_TEST_SUITE_P(
  Kinds, LedgerContract,
  ::testing::Values(kind::memory, kind::sqlite, kind::postgres),
  [](auto& info) {
    const char* names[] = {"Memory", "SQLite", "PostgreSQL"};
    return names[static_cast<size_t>(info.param)];
  });

} // namespace

} // namespace velox::persistence
