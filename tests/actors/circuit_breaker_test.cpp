#include "actors/circuit_breaker.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

class CircuitBreaker : public ::testing::Test {
protected:
  using state = circuit_breaker::state;

  void fail(int times) {
    for (int i = 0; i < times; ++i)
      breaker.failed(now);
  }

  state is() const { return breaker.now_in(now); }

  circuit_breaker breaker;
  circuit_breaker::time_point now{24h};
};

TEST_F(CircuitBreaker, OpensAfterSoManyFailuresInARow) {
  fail(4);
  EXPECT_EQ(is(), state::closed);
  breaker.succeeded(now);
  fail(4);
  EXPECT_EQ(is(), state::closed);
  fail(1);
  EXPECT_EQ(is(), state::open);
  EXPECT_FALSE(breaker.admits(now));
}

TEST_F(CircuitBreaker, OpensWhenHalfOfWhatIsAskedFails) {
  for (int i = 0; i < 9; ++i) {
    breaker.succeeded(now);
    breaker.failed(now);
  }
  EXPECT_EQ(is(), state::closed);
  breaker.succeeded(now);
  breaker.failed(now);
  EXPECT_EQ(is(), state::open);
}

TEST_F(CircuitBreaker, ForgetsOldFailures) {
  fail(4);
  now += 61s;
  breaker.succeeded(now);
  for (int i = 0; i < 9; ++i) {
    breaker.failed(now);
    breaker.succeeded(now);
  }
  EXPECT_EQ(is(), state::closed) << "nine of the last minute, not thirteen";
}

TEST_F(CircuitBreaker, LetsOneProbeThroughAfterThePause) {
  fail(5);
  now += 5s;
  EXPECT_EQ(is(), state::half_open);
  EXPECT_TRUE(breaker.admits(now));
  EXPECT_FALSE(breaker.admits(now));
  breaker.succeeded(now);
  EXPECT_EQ(is(), state::closed);
  EXPECT_TRUE(breaker.admits(now));
  EXPECT_TRUE(breaker.admits(now));
}

TEST_F(CircuitBreaker, WaitsLongerAfterEveryFailedProbe) {
  fail(5);
  for (auto pause : {5s, 10s, 20s, 40s, 60s, 60s}) {
    now += pause - 1s;
    EXPECT_EQ(is(), state::open) << pause.count();
    now += 1s;
    EXPECT_TRUE(breaker.admits(now)) << pause.count();
    breaker.failed(now);
  }
}

TEST_F(CircuitBreaker, GivesAnotherTheProbeThatWasAbandoned) {
  fail(5);
  now += 5s;
  EXPECT_TRUE(breaker.admits(now));
  breaker.abandoned();
  EXPECT_TRUE(breaker.admits(now));
}

TEST_F(CircuitBreaker, HoldsOffAsLongAsTheVendorAsks) {
  breaker.hold_off(3s, now);
  EXPECT_FALSE(breaker.admits(now));
  now += 3s;
  EXPECT_TRUE(breaker.admits(now));
  breaker.hold_off(24h, now);
  now += 60s;
  EXPECT_TRUE(breaker.admits(now)) << "but not for ever";
}

TEST_F(CircuitBreaker, IsUnprovenUntilSomethingHasWorked) {
  EXPECT_TRUE(breaker.unproven(now));
  breaker.succeeded(now);
  EXPECT_FALSE(breaker.unproven(now));
  now += 61s;
  EXPECT_TRUE(breaker.unproven(now));
}

TEST_F(CircuitBreaker, FollowsAnotherNodeForItsPauseAndThenAsksItself) {
  breaker.open_elsewhere(7s, now);
  EXPECT_EQ(is(), state::open);
  EXPECT_EQ(breaker.left(now), 7s);
  now += 7s;
  EXPECT_EQ(is(), state::half_open);
  EXPECT_TRUE(breaker.admits(now));
  breaker.succeeded(now);
  EXPECT_EQ(is(), state::closed);
}

TEST_F(CircuitBreaker, FollowsNobodyForLongerThanItsOwnLongestPause) {
  breaker.open_elsewhere(24h, now);
  EXPECT_EQ(breaker.left(now), 60s);
  breaker.open_elsewhere(0s, now + 60s);
  EXPECT_EQ(breaker.now_in(now + 60s), state::half_open);
}

TEST_F(CircuitBreaker, ShortensNoPauseOfItsOwn) {
  for (int i = 0; i < 4; ++i) {
    fail(5);
    now += breaker.left(now);
    breaker.admits(now);
  }
  fail(1);
  auto own = breaker.left(now);
  ASSERT_GT(own, 5s);
  breaker.open_elsewhere(1s, now);
  EXPECT_EQ(breaker.left(now), own);
}

TEST_F(CircuitBreaker, FindsOutAtOnceWhenAnotherNodesVendorWorks) {
  fail(5);
  breaker.closed_elsewhere(now);
  EXPECT_EQ(is(), state::half_open) << "a probe, not blind trust";
  EXPECT_TRUE(breaker.admits(now));
  EXPECT_FALSE(breaker.admits(now));
}

TEST_F(CircuitBreaker, KeepsAVendorsOwnPauseWhateverOthersSay) {
  breaker.hold_off(9s, now);
  breaker.closed_elsewhere(now);
  EXPECT_EQ(is(), state::open);
  EXPECT_EQ(breaker.left(now), 9s);
}

} // namespace

} // namespace velox::actors
