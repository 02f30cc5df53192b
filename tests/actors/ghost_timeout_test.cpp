#include "actors/ghost_timeout.hpp"

#include "tests/support/actor_test.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

class GhostTimeout : public test::actor_test {
protected:
  ghost_timeout_actor ghost
    = keep(sys.spawn(ghost_timeout, as<hangup_actor>(), caf::timespan{10s}));
};

TEST_F(GhostTimeout, ReportsASilentCaller) {
  advance(9s);
  EXPECT_FALSE(next<caller_gone>());
  advance(1s);
  EXPECT_EQ(next<caller_gone>()->silence_ms, 10'000);
}

TEST_F(GhostTimeout, StartsAnewWithEverySignOfLife) {
  for (int i = 0; i < 100; ++i) {
    advance(9s);
    tell(ghost, caller_heard{});
  }
  EXPECT_FALSE(next<caller_gone>());
  advance(9999ms);
  EXPECT_FALSE(next<caller_gone>());
  advance(1ms);
  EXPECT_TRUE(next<caller_gone>());
}

TEST_F(GhostTimeout, ReportsOnce) {
  advance(1h);
  EXPECT_EQ(all<caller_gone>().size(), 1u);
}

TEST_F(GhostTimeout, KeepsOneTimerHoweverOftenTheCallerIsHeard) {
  for (int i = 0; i < 1000; ++i)
    tell(ghost, caller_heard{});
  EXPECT_EQ(world.sched.clock().schedule().size(), 1u);
}

} // namespace

} // namespace velox::actors
