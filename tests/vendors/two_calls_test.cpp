#include "tests/vendors/pairs.hpp"

namespace velox::test {

namespace {

using namespace std::chrono_literals;

constexpr std::array<const char*, 3> stages{"ear", "model", "voice"};

void expect_good_call(call_rig& rig) {
  auto call = rig.dial_and_greet();
  call.leg->say("how are you");
  ASSERT_TRUE(rig.wait_for_turn(call, 2));
  EXPECT_EQ(call.leg->heard(2), sound_of({"Good morning to you."}));
  EXPECT_TRUE(rig.hang_up(call));
  EXPECT_EQ(rig.conversation(call).ended_because, "caller-hung-up");
}

} // namespace

TEST(two_calls, share_the_connection_to_the_model) {
  vendor_house<1> house;
  house.rig.start();
  expect_good_call(house.rig);
  auto before = house.rig.counts();
  expect_good_call(house.rig);
  auto after = house.rig.counts();
  EXPECT_EQ(house.models[0]->server().requests(), 2);
  EXPECT_EQ(house.models[0]->server().connections(), 1);
  EXPECT_GT(after.reused, before.reused);
  house.expect_nothing_left();
}

TEST(two_calls, survive_vendors_that_go_down_and_come_back_between_them) {
  vendor_house<1> house;
  house.rig.breaker.pause = 200ms;
  house.rig.breaker.longest = 200ms;
  house.rig.start();
  expect_good_call(house.rig);
  for (auto stage : stages)
    house.server(stage, 0).down();
  auto lost = house.rig.dial();
  ASSERT_TRUE(house.rig.wait_for_end(lost));
  EXPECT_EQ(house.rig.conversation(lost).ended_because, "providers-failed");
  EXPECT_EQ(lost.leg->heard_bytes(), 0u);
  for (auto stage : stages)
    house.server(stage, 0).restart();
  ASSERT_TRUE(eventually([&] {
    for (auto stage : stages)
      if (house.rig.gateway(std::string{stage} + "-a").breaker == "open")
        return false;
    return true;
  }));
  expect_good_call(house.rig);
  house.expect_nothing_left();
}

TEST(two_calls, model_may_hang_up_while_nobody_needs_it) {
  vendor_house<1> house;
  house.rig.start();
  expect_good_call(house.rig);
  house.models[0]->server().down();
  house.models[0]->server().restart();
  expect_good_call(house.rig);
  EXPECT_EQ(house.models[0]->server().connections(), 2);
  house.expect_nothing_left();
}

} // namespace velox::test
