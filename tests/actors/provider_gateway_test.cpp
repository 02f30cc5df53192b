#include "actors/provider_gateway.hpp"

#include "tests/support/actor_test.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

/// Somebody who holds places, and can end.
class ProviderGateway : public test::actor_test {
protected:
  using holder_actor
    = caf::typed_actor<caf::reacts_to<caf::get_atom>>; // "take a place"

  struct log {
    std::vector<uint64_t> tickets;
    std::vector<caf::error> refusals;
  };

  void start(gateway_options options = {}) {
    options.provider = "deepgram";
    subject = keep(sys.spawn(provider_gateway, options));
  }

  holder_actor holder() {
    return keep(sys.spawn([this](holder_actor::pointer self) {
      return holder_actor::behavior_type{[this, self](caf::get_atom) {
        self->request(subject, 10s, use_provider{"deepgram"})
          .then(
            [this](const provider_admitted& x) {
              seen.tickets.push_back(x.ticket);
            },
            [this](const caf::error& x) { seen.refusals.push_back(x); });
      }};
    }));
  }

  /// `count` more ask. Returns how many have been admitted in all.
  size_t ask_for(size_t count) {
    for (size_t i = 0; i < count; ++i)
      tell(holders.emplace_back(holder()), caf::get_atom_v);
    return seen.tickets.size();
  }

  void report(uint64_t ticket, bool failed, int64_t retry_after_ms = 0,
              provider_errc code = provider_errc::overloaded) {
    provider_used x{"deepgram", ticket};
    x.failed = failed;
    x.code = code;
    x.retry_after_ms = retry_after_ms;
    x.latency_ms = 10;
    tell(subject, x);
  }

  provider_status status() {
    return ask<std::vector<provider_status>>(subject, list_providers{})->at(0);
  }

  void TearDown() override {
    holders.clear();
    subject = nullptr;
    actor_test::TearDown();
  }

  log seen;
  std::vector<holder_actor> holders;
  provider_gateway_actor subject;
};

TEST_F(ProviderGateway, AdmitsAsManyAsTheQuotaAllows) {
  gateway_options x;
  x.places = 2;
  start(x);
  EXPECT_EQ(ask_for(3), 2u);
  ASSERT_EQ(seen.refusals.size(), 1u);
  EXPECT_EQ(seen.refusals[0], errc::provider_busy);
  report(seen.tickets[0], false);
  EXPECT_EQ(ask_for(1), 3u);
}

TEST_F(ProviderGateway, FreesThePlacesOfWhoEnds) {
  gateway_options x;
  x.places = 1;
  start(x);
  ask_for(1);
  EXPECT_EQ(status().in_use, 1u);
  caf::anon_send_exit(holders[0], caf::exit_reason::kill);
  advance(1ms);
  EXPECT_EQ(status().in_use, 0u);
  EXPECT_EQ(ask_for(1), 2u);
}

TEST_F(ProviderGateway, SendsScoutsToAnUnknownVendor) {
  start();
  EXPECT_EQ(ask_for(100), 8u);
  EXPECT_TRUE(seen.refusals.empty()) << "the others wait";
  report(seen.tickets[0], false);
  EXPECT_EQ(seen.tickets.size(), 100u) << "it works: all may come";
}

TEST_F(ProviderGateway, TriesADeadVendorABoundedNumberOfTimes) {
  start();
  ask_for(100);
  for (size_t i = 0; i < seen.tickets.size() && i < 50; ++i)
    report(seen.tickets[i], true);
  EXPECT_LE(seen.tickets.size(), 12u);
  EXPECT_EQ(seen.refusals.size() + seen.tickets.size(), 100u);
  EXPECT_EQ(status().breaker, "open");
}

TEST_F(ProviderGateway, LetsNobodyWaitLongForScoutsWhoFindNothing) {
  start();
  ask_for(20);
  advance(1499ms);
  EXPECT_TRUE(seen.refusals.empty());
  advance(1ms);
  EXPECT_EQ(seen.refusals.size(), 12u);
  EXPECT_EQ(seen.refusals[0], errc::provider_busy);
}

TEST_F(ProviderGateway, AsksARecoveredVendorAgain) {
  start();
  ask_for(5);
  for (auto ticket : seen.tickets)
    report(ticket, true);
  EXPECT_EQ(ask_for(1), 5u);
  EXPECT_EQ(seen.refusals.back(), errc::provider_unavailable);
  advance(5s);
  EXPECT_EQ(ask_for(2), 6u) << "one probe";
  report(seen.tickets.back(), false);
  EXPECT_EQ(status().breaker, "closed");
  EXPECT_EQ(ask_for(2), 8u);
}

TEST_F(ProviderGateway, KeepsThePauseThatTheVendorAsksFor) {
  start();
  ask_for(1);
  report(seen.tickets[0], true, 3000, provider_errc::rate_limited);
  EXPECT_EQ(ask_for(1), 1u);
  advance(3s);
  EXPECT_EQ(ask_for(1), 2u);
}

TEST_F(ProviderGateway, HoldsNoBadRequestAgainstTheVendor) {
  start();
  ask_for(8);
  for (size_t i = 0; i < 8; ++i)
    report(seen.tickets[i], true, 0, provider_errc::bad_request);
  EXPECT_EQ(status().breaker, "closed");
  EXPECT_EQ(status().failed, 0u);
}

TEST_F(ProviderGateway, ForgetsWhoEndedWhileWaiting) {
  start();
  ask_for(9);
  caf::anon_send_exit(holders[8], caf::exit_reason::kill);
  advance(1ms);
  report(seen.tickets[0], false);
  EXPECT_EQ(status().in_use, 7u);
}

TEST_F(ProviderGateway, TellsTheOtherNodesWhatItFound) {
  gateway_options x;
  x.sessions = as<session_store_actor>();
  start(x);
  ask_for(5);
  for (auto ticket : seen.tickets)
    report(ticket, true);
  auto told = next<breaker_changed>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->provider, "deepgram");
  EXPECT_TRUE(told->open);
  EXPECT_EQ(told->pause_ms, 5000);
  EXPECT_FALSE(next<breaker_changed>());
  advance(5s);
  ask_for(1);
  report(seen.tickets.back(), true);
  told = next<breaker_changed>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->pause_ms, 10'000) << "a failed probe";
  advance(10s);
  ask_for(1);
  report(seen.tickets.back(), false);
  told = next<breaker_changed>();
  ASSERT_TRUE(told);
  EXPECT_FALSE(told->open);
}

TEST_F(ProviderGateway, FollowsAnotherNodeWithoutPassingItOn) {
  gateway_options x;
  x.sessions = as<session_store_actor>();
  start(x);
  tell(subject, breaker_changed{"deepgram", true, 3000, "b"});
  EXPECT_EQ(status().breaker, "open");
  EXPECT_EQ(ask_for(1), 0u);
  EXPECT_EQ(seen.refusals.back(), errc::provider_unavailable);
  EXPECT_FALSE(next<breaker_changed>()) << "it would go round for ever";
  advance(3s);
  EXPECT_EQ(ask_for(2), 1u) << "its own probe";
  report(seen.tickets.back(), false);
  EXPECT_EQ(status().breaker, "closed");
}

TEST_F(ProviderGateway, IsHeldByNoNumberOfOtherNodes) {
  start();
  int asked = 0;
  // Ten nodes whose probes fail, one after the other, for an hour.
  for (int second = 0; second < 3600; ++second) {
    if (second % 6 == 0)
      tell(subject, breaker_changed{"deepgram", true, 5000, "b"});
    advance(1s);
    asked += ask_for(1) > static_cast<size_t>(asked) ? 1 : 0;
  }
  EXPECT_GT(asked, 100);
}

} // namespace

} // namespace velox::actors
