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
      [this](const deadline_near& x) { warned.push_back(x.left_ms); },
      [this](const deadline_reached&) { ++reached; }};
  }));
  struct fake_control : carrier_control {
    void update_call(const std::string&, const std::string&,
                     std::function<void(std::string)>) override {}
    void complete_call(const std::string& call_id,
                       std::function<void(std::string)> done) override {
      completed.push_back(call_id);
      done("the fake was told to fail");
    }
    std::vector<std::string> completed;
  };

  std::shared_ptr<test::fake_leg> leg = test::fake_leg::make(world);
  std::shared_ptr<fake_control> control = std::make_shared<fake_control>();
  deadline_actor subject = keep(
    sys.spawn(deadline, stuck, deadline_options{"CA1", leg, control, 1h, 10s}));
  int reached = 0;
  std::vector<int64_t> warned;
};

TEST_F(Deadline, TellsTheCallInTime) {
  advance(1h - 1ns);
  EXPECT_EQ(reached, 0);
  advance(1ns);
  EXPECT_EQ(reached, 1);
  EXPECT_FALSE(leg->closed());
}

TEST_F(Deadline, WarnsBeforeTheEnd) {
  auto warner = keep(sys.spawn(
    deadline, stuck, deadline_options{"CA1", leg, control, 1h, 10s, 1min}));
  advance(59min - 1ns);
  EXPECT_TRUE(warned.empty());
  advance(1ns);
  EXPECT_EQ(warned, std::vector<int64_t>{60'000});
  EXPECT_EQ(reached, 0);
}

TEST_F(Deadline, WarnsNobodyWhoseWholeTimeIsShorter) {
  auto warner = keep(sys.spawn(
    deadline, stuck, deadline_options{"CA1", leg, control, 30s, 10s, 1min}));
  advance(31s);
  EXPECT_TRUE(warned.empty());
  EXPECT_EQ(reached, 1);
}

TEST_F(Deadline, KillsACallThatIsStuckAndClosesItsLeg) {
  self->monitor(stuck);
  advance(1h + 10s - 1ns);
  EXPECT_FALSE(leg->closed());
  EXPECT_FALSE(next<caf::down_msg>());
  advance(1ns);
  EXPECT_EQ(leg->close_code(), 1001);
  EXPECT_EQ(control->completed, std::vector<std::string>{"CA1"});
  auto down = next<caf::down_msg>();
  ASSERT_TRUE(down);
  EXPECT_EQ(down->reason, caf::exit_reason::kill);
  EXPECT_EQ(reached, 1);
}

} // namespace

} // namespace velox::actors
