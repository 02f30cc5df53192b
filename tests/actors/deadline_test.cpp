#include "actors/deadline.hpp"

#include "tests/support/actor_test.hpp"
#include "tests/support/fake_leg.hpp"

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

class Deadline : public test::actor_test {
protected:
  /// A call that hears its deadline and does nothing about it.
  time_is_up_actor stuck = keep(sys.spawn([this]() {
    return time_is_up_actor::behavior_type{
      [this](const deadline_reached&) { ++reached; }};
  }));
  std::shared_ptr<test::fake_leg> leg = test::fake_leg::make(world);
  deadline_actor subject
    = keep(sys.spawn(deadline, stuck, carrier_leg_ptr{leg}, caf::timespan{1h},
                     caf::timespan{10s}));
  int reached = 0;
};

TEST_F(Deadline, TellsTheCallInTime) {
  advance(1h - 1ns);
  EXPECT_EQ(reached, 0);
  advance(1ns);
  EXPECT_EQ(reached, 1);
  EXPECT_FALSE(leg->closed());
}

TEST_F(Deadline, KillsACallThatIsStuckAndClosesItsLeg) {
  self->monitor(stuck);
  advance(1h + 10s - 1ns);
  EXPECT_FALSE(leg->closed());
  EXPECT_FALSE(next<caf::down_msg>());
  advance(1ns);
  EXPECT_EQ(leg->close_code(), 1001);
  auto down = next<caf::down_msg>();
  ASSERT_TRUE(down);
  EXPECT_EQ(down->reason, caf::exit_reason::kill);
  EXPECT_EQ(reached, 1);
}

} // namespace

} // namespace velox::actors
