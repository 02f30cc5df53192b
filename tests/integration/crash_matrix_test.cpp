#include "config/failpoint.hpp"
#include "tests/integration/books_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <gmock/gmock.h>
#include <ostream>

/// The engine is killed, as by `kill -9`, right before and right after each of
/// the writes on which money and messages depend; it is started again, and then
/// the books must be whole, every webhook delivered, and the next call served.
/// On both databases. What a call is worth is nobody's guess afterwards: ledger
/// check compares balances, postings and calls.

namespace velox::test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

struct cell {
  std::string place;
  std::string moment;
  bool postgres = false;

  friend void PrintTo(const cell& x, std::ostream* out) {
    *out << x.place << '.' << x.moment << (x.postgres ? " postgres" : "");
  }
};

class CrashMatrix : public books_test,
                    public testing::WithParamInterface<cell> {
protected:
  void SetUp() override {
    if (GetParam().postgres)
      use_postgres();
  }

  /// Everything that writes, until the engine dies of it.
  void live_through_it() {
    ASSERT_TRUE(start_engine());
    watch_events();
    EXPECT_EQ(stripe_event(checkout_completed("1")), 200);
    // A call for recovery to find.
    auto phone = call_under_way();
    engine->signal(SIGKILL);
    exit_code(seconds{5});

    environment["VELOX_FAILPOINT"] = GetParam().place + "." + GetParam().moment;
    if (start_engine())
      use_engine();
    environment.erase("VELOX_FAILPOINT");
  }

  void use_engine() {
    credit("1");
    ring(milliseconds{2'500});
    stripe_event(invoice_paid("in_1"));
    stripe_event(charge_refunded("in_1"));
    eventually([this] { return !alive() || nothing_waits(); }, seconds{8});
  }
};

TEST_P(CrashMatrix, LeavesTheBooksWhole) {
  live_through_it();
  auto died = exit_code(milliseconds{100});
  auto by_tool = killed_tool; // what the command line does is killed there
  ASSERT_TRUE(by_tool || died == 128 + SIGKILL)
    << "nothing passed this place: the matrix tests nothing here";

  ASSERT_TRUE(start_engine()) << "it does not start any more";
  credit("1"); // with the same key: not twice
  stripe_event(invoice_paid("in_1"));
  stripe_event(charge_refunded("in_1"));
  auto report = ring(milliseconds{1'200});
  EXPECT_TRUE(eventually([this] { return nothing_waits(); }, seconds{15}));
  engine->signal(SIGTERM);
  EXPECT_EQ(exit_code(seconds{30}), 0);

  auto check = books({"ledger", "check"});
  EXPECT_EQ(check.exit_code, 0) << check.out;
  EXPECT_THAT(check.out, Not(HasSubstr("note:")));
  EXPECT_EQ(books({"audit", "verify"}).exit_code, 0);
  EXPECT_EQ(number("SELECT SUM(seconds) FROM ledger_postings "
                   "WHERE account = 'granted'"),
            -(3600 + 60 + 60'000))
    << "what was given at the start, by hand, and for the invoice";
  EXPECT_EQ(number("SELECT SUM(seconds) FROM ledger_postings "
                   "WHERE account = 'withdrawn'"),
            30'000);
  EXPECT_EQ(number("SELECT COUNT(*) FROM conversations "
                   "WHERE status = 'ACTIVE'"),
            0);
  expect_every_call_told();
}

std::vector<cell> cells() {
  std::vector<cell> result;
  for (auto place : config::failpoint_places())
    for (auto moment : {"before", "after"})
      for (auto postgres : {false, true})
        result.push_back({std::string{place}, moment, postgres});
  return result;
}

INSTANTIATE_TEST_SUITE_P(At, CrashMatrix, testing::ValuesIn(cells()),
                         [](auto& x) {
                           auto name
                             = x.param.place + "_" + x.param.moment
                               + (x.param.postgres ? "_postgres" : "_sqlite");
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

} // namespace

} // namespace velox::test
