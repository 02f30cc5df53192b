#include "tests/carriers/webhook_fixture.hpp"

#include <caf/event_based_actor.hpp>

/// Calls that we place: Twilio asks for TwiML when they are answered, and tells
/// who or what has answered.

using namespace velox;
using namespace velox::test;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class OutboundWebhooks : public webhook_test {
protected:
  form placed() const {
    form x;
    x.add("CallSid", "CA01")
      .add("From", "+15550002222")
      .add("To", "+15550001111")
      .add("Direction", "outbound-api");
    return x;
  }

  form verdict(const std::string& answered_by) const {
    form x;
    x.add("CallSid", "CA01").add("AnsweredBy", answered_by);
    return x;
  }
};

TEST_F(OutboundWebhooks, ConnectTheAgentWhoseNumberIsCallingFrom) {
  start();
  auto x = verbs(post("/voice/incoming", placed()));
  ASSERT_THAT(words(x), ElementsAre("connect", "redirect"));
  auto& verb = std::get<twiml::connect>(x[0]);
  ASSERT_FALSE(verb.parameters.empty());
  stream_token token;
  ASSERT_EQ(
    verify_stream_token(verb.parameters[0].value, secret, unix_now, token),
    token_error::none);
  EXPECT_EQ(token.agent_id, "agent-1");
  EXPECT_TRUE(token.outbound);
}

TEST_F(OutboundWebhooks, KnowAnIncomingCallFromAPlacedOne) {
  start();
  auto x = incoming();
  stream_token token;
  auto& verb = std::get<twiml::connect>(x.at(0));
  ASSERT_EQ(
    verify_stream_token(verb.parameters[0].value, secret, unix_now, token),
    token_error::none);
  EXPECT_FALSE(token.outbound);
}

TEST_F(OutboundWebhooks, TellTheCallWhoHasAnswered) {
  start();
  auto heard = std::make_shared<std::vector<answerer>>();
  auto news = std::make_shared<std::promise<void>>();
  auto call = sys->spawn([heard, news]() -> caf::behavior {
    return {[heard, news](const answered_by& x) {
      heard->push_back(x.who);
      if (heard->size() == 7)
        news->set_value();
    }};
  });
  there->live = caf::actor_cast<call_actor>(call);
  there->live_for = 100;
  for (auto text :
       {"human", "machine_start", "machine_end_beep", "machine_end_silence",
        "machine_end_other", "fax", "something new"}) {
    auto answer = post("/voice/answered-by", verdict(text));
    EXPECT_EQ(status_of(answer), 204u) << answer;
  }
  ASSERT_EQ(news->get_future().wait_for(5s), std::future_status::ready);
  EXPECT_THAT(*heard,
              testing::UnorderedElementsAre(
                answerer::human, answerer::machine, answerer::machine_ready,
                answerer::machine_ready, answerer::machine_ready, answerer::fax,
                answerer::unknown));
  there->live = nullptr;
  caf::anon_send_exit(call, caf::exit_reason::kill);
}

TEST_F(OutboundWebhooks, AcceptAVerdictOnACallThatIsOver) {
  start();
  EXPECT_EQ(status_of(post("/voice/answered-by", verdict("human"))), 204u);
}

TEST_F(OutboundWebhooks, RefuseAVerdictThatIsNotTwiliosOrOfNoCall) {
  start();
  EXPECT_EQ(status_of(post("/voice/answered-by", verdict("human"), "")), 403u);
  form nobody;
  nobody.add("AnsweredBy", "human");
  auto answer = post("/voice/answered-by", nobody);
  EXPECT_EQ(status_of(answer), 400u);
  EXPECT_THAT(body_of(answer), HasSubstr("CallSid"));
}

} // namespace
