#include "tests/vendors/pairs.hpp"

namespace velox::test {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t call_count = 100;
constexpr int most_requests = 20;

class many_calls : public testing::TestWithParam<const char*> {
protected:
  many_calls() {
    // Short, so that the end of the trouble is seen within the test.
    house.rig.breaker.pause = 500ms;
    house.rig.breaker.longest = 2s;
  }

  fake_vendor& dead() { return house.server(GetParam(), 0); }

  void talk(const std::vector<test_call>& calls) {
    for (auto& x : calls)
      ASSERT_TRUE(house.rig.wait_for_turn(x, 1)) << x.id;
    for (auto& x : calls)
      x.leg->say("how are you");
    for (auto& x : calls)
      ASSERT_TRUE(house.rig.wait_for_turn(x, 2)) << x.id;
    for (auto& x : calls)
      EXPECT_EQ(x.leg->heard(2), sound_of({"Good morning to you."})) << x.id;
    for (auto& x : calls)
      x.leg->hang_up();
    for (auto& x : calls)
      EXPECT_TRUE(house.rig.wait_for_end(x)) << x.id;
  }

  vendor_house<3> house{2};
};

} // namespace

TEST_P(many_calls, find_a_dead_vendor_once_and_use_it_again_when_it_is_well) {
  vendor_trouble trouble;
  trouble.status = 500;
  dead().set_trouble(trouble);
  house.rig.start();
  std::vector<test_call> calls;
  for (std::size_t i = 0; i < call_count; ++i)
    calls.push_back(house.rig.dial());
  talk(calls);
  EXPECT_GT(dead().requests(), 0);
  EXPECT_LE(dead().requests(), most_requests);
  for (auto& x : calls)
    EXPECT_EQ(house.rig.conversation(x).ended_because, "caller-hung-up");

  auto name = std::string{GetParam()} + "-a";
  EXPECT_NE(house.rig.gateway(name).breaker, "closed");
  dead().set_trouble({.times = 0});
  ASSERT_TRUE(
    eventually([&] { return house.rig.gateway(name).breaker == "half-open"; }));
  auto asked = dead().requests();
  talk({house.rig.dial()});
  EXPECT_GT(dead().requests(), asked);
  EXPECT_EQ(house.rig.gateway(name).breaker, "closed");
  house.expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(all, many_calls,
                         testing::Values("ear", "model", "voice"),
                         [](auto& x) { return std::string{x.param}; });

} // namespace velox::test
