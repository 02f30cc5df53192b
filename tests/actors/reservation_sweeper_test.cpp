#include "actors/reservation_sweeper.hpp"

#include "actors/call_registry.hpp"
#include "protocol/errc.hpp"
#include "tests/support/actor_test.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

class ReservationSweeper : public test::actor_test {
protected:
  /// A ledger that knows these calls to be quiet.
  ledger_actor make_ledger() {
    return keep(sys.spawn([this]() -> ledger_actor::behavior_type {
      auto none = [] { return caf::make_error(errc::not_found); };
      return {
        [none](const reserve_talk_time&) -> caf::result<talk_time> {
          return none();
        },
        [none](const charge&) -> caf::result<talk_time> { return none(); },
        [none](const settle_call&) -> caf::result<call_bill> { return none(); },
        [](const release_talk_time&) {},
        [none](const find_credit&) -> caf::result<talk_credit> {
          return none();
        },
        [this](const list_quiet_calls& x) -> caf::result<quiet_calls> {
          if (away)
            return caf::make_error(errc::store_failed);
          asked.push_back(x.quiet_since);
          return quiet_calls{quiet};
        },
        [this](const recover_call& x) {
          recovered.push_back(x.call_id);
          return call_recovered{true};
        },
      };
    }));
  }

  void begin() {
    options.time_of_day = [this] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(
               world.now().time_since_epoch())
        .count();
    };
    registry = keep(sys.spawn(call_registry, admission_options{}));
    keep(sys.spawn(reservation_sweeper, registry, make_ledger(), options));
  }

  bool away = false;
  std::vector<std::string> quiet;
  std::vector<unix_ms> asked;
  std::vector<std::string> recovered;
  sweeper_options options;
  call_registry_actor registry;
};

TEST_F(ReservationSweeper, SettlesWhatNobodyCarries) {
  begin();
  ASSERT_TRUE(ask<admitted>(registry, admit_call{"CA1", "n1"}));
  quiet = {"CA1", "CA2"};
  advance(30s - 1ns);
  EXPECT_TRUE(asked.empty());
  advance(1ns);
  EXPECT_EQ(recovered, std::vector<std::string>{"CA2"}) << "CA1 is live";
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0], options.time_of_day() - 90'000);
  quiet.clear();
  advance(5min);
  EXPECT_EQ(asked.size(), 11u);
  EXPECT_EQ(recovered.size(), 1u);
}

TEST_F(ReservationSweeper, LeavesCallsOfOtherNodesAlone) {
  options.carried_elsewhere
    = [](const std::string& call, const std::function<void(bool)>& done) {
        done(call == "CA2");
      };
  begin();
  quiet = {"CA1", "CA2", "CA3"};
  advance(30s);
  EXPECT_EQ(recovered, (std::vector<std::string>{"CA1", "CA3"}));
}

TEST_F(ReservationSweeper, LooksAgainWhenTheLedgerWasAway) {
  begin();
  away = true;
  quiet = {"CA1"};
  advance(2min);
  EXPECT_TRUE(recovered.empty());
  away = false;
  advance(30s);
  EXPECT_EQ(recovered, std::vector<std::string>{"CA1"});
}

TEST_F(ReservationSweeper, SettlesNothingWhenTheRegistryDoesNotAnswer) {
  begin();
  quiet = {"CA1"};
  caf::anon_send_exit(registry, caf::exit_reason::kill);
  advance(2min);
  EXPECT_TRUE(recovered.empty());
}

} // namespace

} // namespace velox::actors
