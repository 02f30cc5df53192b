#include "tests/vendors/pairs.hpp"

namespace velox::test {

namespace {

void kill_stage(vendor_house<2>& house, const std::string& stage) {
  vendor_trouble trouble;
  trouble.status = 500;
  for (std::size_t i = 0; i < 2; ++i)
    house.server(stage, i).set_trouble(trouble);
}

void expect_end(vendor_house<2>& house, const test_call& call) {
  ASSERT_TRUE(house.rig.wait_for_end(call));
  EXPECT_TRUE(call.leg->closed());
  EXPECT_EQ(call.leg->close_reason(), "providers-failed");
  auto end = house.rig.conversation(call);
  EXPECT_EQ(end.ended_because, "providers-failed");
  EXPECT_EQ(end.status, conversation_status::failed);
  EXPECT_EQ(end.transfer_to, "+15550177");
  house.expect_nothing_left();
}

} // namespace

TEST(all_dead, models_cost_an_apology_and_the_call) {
  vendor_house<2> house;
  house.rig.transfer_number = "+15550177";
  house.rig.start();
  auto call = house.rig.dial_and_greet();
  kill_stage(house, "model");
  call.leg->say("what is the first");
  expect_end(house, call);
  EXPECT_EQ(call.leg->heard(3), sound_of({"I have a problem."}));
  EXPECT_EQ(call.leg->heard_bytes(),
            sound_of({"Hello there.", "I have a problem."}).size());
}

TEST(all_dead, recognisers_cost_an_apology_and_the_call) {
  vendor_house<2> house;
  house.rig.transfer_number = "+15550177";
  kill_stage(house, "ear");
  house.rig.start();
  auto call = house.rig.dial();
  expect_end(house, call);
  EXPECT_EQ(call.leg->heard(2), sound_of({"I have a problem."}));
}

TEST(all_dead, voices_close_the_leg) {
  vendor_house<2> house;
  house.rig.transfer_number = "+15550177";
  house.rig.start();
  auto call = house.rig.dial_and_greet();
  kill_stage(house, "voice");
  call.leg->say("what is the first");
  expect_end(house, call);
  EXPECT_EQ(call.leg->heard_bytes(), sound_of({"Hello there."}).size());
}

} // namespace velox::test
