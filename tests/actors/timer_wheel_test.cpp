#include "actors/timer_wheel.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

class TimerWheel : public testing::Test {
protected:
  std::vector<uint64_t> due_after(caf::timespan span) {
    std::vector<uint64_t> result;
    for (auto& x : wheel.take_due(start + span))
      result.push_back(x.number);
    return result;
  }

  void add(caf::timespan span, caf::actor_id id, uint64_t number) {
    wheel.add(start + span, {}, id, number);
  }

  timer_wheel wheel;
  timer_wheel::time_point start{1h};
};

using numbers = std::vector<uint64_t>;

TEST_F(TimerWheel, RoundsUpToTicksAndNeverDown) {
  add(0ms, 1, 0);
  add(1ns, 1, 1);
  add(49ms, 1, 2);
  add(50ms, 1, 3);
  add(51ms, 1, 4);
  EXPECT_EQ(due_after(0ms), numbers{0});
  EXPECT_EQ(due_after(50ms - 1ns), numbers{});
  EXPECT_EQ(due_after(50ms), (numbers{1, 2, 3}));
  EXPECT_EQ(due_after(99ms), numbers{});
  EXPECT_EQ(due_after(100ms), numbers{4});
}

TEST_F(TimerWheel, HandsOutTheEarliestFirst) {
  add(3s, 1, 3);
  add(1s, 2, 1);
  add(2s, 1, 2);
  EXPECT_EQ(due_after(1h), (numbers{1, 2, 3}));
  EXPECT_EQ(wheel.size(), 0u);
}

TEST_F(TimerWheel, KeepsTheOrderWithinATick) {
  for (uint64_t i = 0; i < 10; ++i)
    add(1s, i % 3, i);
  EXPECT_EQ(due_after(1s), (numbers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_F(TimerWheel, KnowsWhenToLookAgain) {
  EXPECT_FALSE(wheel.next());
  add(1010ms, 1, 1);
  EXPECT_EQ(wheel.next(), start + 1050ms);
  add(10ms, 1, 2);
  EXPECT_EQ(wheel.next(), start + 50ms);
  due_after(50ms);
  EXPECT_EQ(wheel.next(), start + 1050ms);
}

TEST_F(TimerWheel, ForgetsOneActorAndNoOther) {
  add(1s, 1, 1);
  add(1s, 2, 2);
  add(2s, 1, 3);
  wheel.forget(1);
  EXPECT_EQ(wheel.size(), 1u);
  wheel.forget(7); // nobody
  EXPECT_EQ(due_after(1h), numbers{2});
}

TEST_F(TimerWheel, ForgetsOnlyWhatIsStillThere) {
  add(1s, 1, 1);
  add(2s, 1, 2);
  EXPECT_EQ(due_after(1s), numbers{1});
  wheel.forget(1);
  EXPECT_EQ(wheel.size(), 0u);
  add(3s, 1, 3);
  EXPECT_EQ(due_after(1h), numbers{3});
}

} // namespace

} // namespace velox::actors
