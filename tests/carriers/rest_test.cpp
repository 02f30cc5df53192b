#include "adapters/carriers/twilio/rest.hpp"

#include "protocol/twiml.hpp"
#include "tests/support/vendors/fake_twilio_api.hpp"
#include "tests/support/vendors/outbound_thread.hpp"

#include <gtest/gtest.h>

#include <future>
#include <gmock/gmock.h>

namespace velox::test {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto account = "AC00000000000000000000000000000001";
constexpr auto token = "hunter2-auth-token";
constexpr auto call = "CA00000000000000000000000000000001";

class TwilioRest : public testing::Test {
protected:
  TwilioRest() {
    twilio.start_call(call);
    access = {twilio.server().url() + "/", account, token};
    carriers::twilio::rest_options options;
    options.out = [out = thread.out()] { return out; };
    options.access = [this] { return access; };
    options.first_pause = 1ms;
    options.answer_timeout = 2s;
    control = carriers::twilio::rest_control(options);
  }

  /// What became of it; "(nothing)" when nothing did.
  template <class Order>
  std::string outcome(Order order) {
    auto told = std::make_shared<std::promise<std::string>>();
    auto result = told->get_future();
    order([told](std::string x) { told->set_value(std::move(x)); });
    if (result.wait_for(10s) != std::future_status::ready)
      return "(nothing)";
    auto text = result.get();
    for (auto secret : {token, account, call, "+1555", "fake's own words"})
      EXPECT_THAT(text, Not(HasSubstr(secret)));
    return text;
  }

  std::string hang_up() {
    return outcome([&](auto done) { control->complete_call(call, done); });
  }

  std::string redirect() {
    return outcome(
      [&](auto done) { control->update_call(call, twiml.str(), done); });
  }

  twiml::response twiml = twiml::response{}
                            .add(twiml::say{.text = "One moment & thank you."})
                            .add(twiml::dial{.number = "+15550101"});
  fake_twilio_api twilio{account, token};
  carriers::twilio::rest_access access;
  outbound_thread thread;
  std::shared_ptr<carrier_control> control;
};

TEST_F(TwilioRest, RedirectsALiveCall) {
  EXPECT_EQ(redirect(), "");
  ASSERT_EQ(twilio.updates().size(), 1u);
  EXPECT_EQ(twilio.updates()[0].call_id, call);
  EXPECT_EQ(twilio.updates()[0].twiml, twiml.str());
  EXPECT_TRUE(twilio.is_live(call));
}

TEST_F(TwilioRest, HangsUpAndTheSecondTimeIsNoFailure) {
  EXPECT_EQ(hang_up(), "");
  EXPECT_FALSE(twilio.is_live(call));
  EXPECT_EQ(hang_up(), "");
  EXPECT_EQ(redirect(), "Twilio says that the call is over");
}

TEST_F(TwilioRest, TriesThreeTimesWhileTwilioHasTrouble) {
  for (int status : {429, 500, 503}) {
    twilio.start_call(call);
    twilio.server().set_trouble({.times = 2, .status = status});
    EXPECT_EQ(redirect(), "") << status;
  }
  auto before = twilio.server().requests();
  twilio.server().set_trouble({.status = 503});
  EXPECT_EQ(hang_up(), "Twilio answered 503 (error 20500)");
  EXPECT_EQ(twilio.server().requests() - before, 3);
}

TEST_F(TwilioRest, DoesNotWaitLongerThanACallerWould) {
  twilio.server().set_trouble({.status = 429, .retry_after = "60"});
  EXPECT_EQ(hang_up(), "Twilio answered 429 (error 20429)");
  EXPECT_EQ(twilio.server().requests(), 1);
}

TEST_F(TwilioRest, WrongTokenIsNotTriedAgain) {
  access.auth_token = "hunter2-wrong";
  EXPECT_EQ(redirect(), "Twilio answered 401 (error 20003): "
                        "TWILIO_ACCOUNT_SID or TWILIO_AUTH_TOKEN is wrong");
  EXPECT_EQ(twilio.server().requests(), 1);
}

TEST_F(TwilioRest, NewTokenIsUsedByTheNextOrder) {
  access.auth_token = "hunter2-wrong";
  EXPECT_NE(hang_up(), "");
  access.auth_token = token;
  EXPECT_EQ(hang_up(), "");
}

TEST_F(TwilioRest, WithoutAnAccountNobodyIsAsked) {
  access.account_sid.clear();
  EXPECT_THAT(hang_up(), HasSubstr("set TWILIO_ACCOUNT_SID"));
  EXPECT_EQ(twilio.server().requests(), 0);
}

TEST_F(TwilioRest, LostAnswerIsAskedForAgainOnlyWhereThatIsHarmless) {
  twilio.server().set_trouble({.times = 1, .reset_after = 0});
  EXPECT_THAT(redirect(), HasSubstr("cannot be reached"));
  EXPECT_EQ(twilio.server().requests(), 1);
  twilio.server().set_trouble({.times = 1, .reset_after = 0});
  EXPECT_EQ(hang_up(), "");
  EXPECT_EQ(twilio.server().requests(), 3);
}

TEST_F(TwilioRest, NobodyThereIsAFailureInTheEnd) {
  twilio.server().down();
  EXPECT_THAT(hang_up(), HasSubstr("Twilio cannot be reached: localhost"));
}

} // namespace

} // namespace velox::test
