#include "tests/carriers/webhook_fixture.hpp"

using namespace velox;
using namespace velox::test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

class Webhooks : public webhook_test {};

} // namespace

TEST_F(Webhooks, ConnectsAnIncomingCallToTheMediaSocket) {
  start();
  auto x = incoming();
  ASSERT_THAT(words(x), ElementsAre("connect", "redirect"));
  auto& connect = std::get<twiml::connect>(x[0]);
  EXPECT_EQ(connect.url, "wss://voice.example.com/media-stream/call/"
                           + connect.parameters[0].value);
  ASSERT_EQ(connect.parameters.size(), 3u);
  stream_token token;
  EXPECT_EQ(
    verify_stream_token(connect.parameters[0].value, secret, unix_now, token),
    token_error::none);
  EXPECT_EQ(token.call_id, "CA01");
  EXPECT_EQ(token.agent_id, "agent-1");
  EXPECT_EQ(token.org_id, "org-1");
  EXPECT_FALSE(token.resume);
  EXPECT_EQ(token.expires_at_ms, unix_now + 60'000);
  EXPECT_EQ(connect.parameters[1].value, "+15550001111");
  EXPECT_EQ(connect.parameters[2].value, "+15550002222");
  auto& next = std::get<twiml::redirect>(x[1]);
  EXPECT_EQ(next.url, "https://voice.example.com/voice/resume");
  auto second = incoming();
  EXPECT_NE(std::get<twiml::connect>(second[0]).parameters[0].value,
            connect.parameters[0].value);
}

TEST_F(Webhooks, TellsACallerWhenNobodyCanPayForTheCall) {
  start();
  for (auto& credit :
       {talk_credit{0, 300, 0, false}, talk_credit{0, 0, 20, false}}) {
    there->credit = credit;
    auto x = incoming();
    ASSERT_THAT(words(x), ElementsAre("say", "hangup"));
    EXPECT_THAT(std::get<twiml::say>(x[0]).text, HasSubstr("cannot take"));
  }
  EXPECT_THAT(counts->text(), HasSubstr("{outcome=\"out_of_credit\"} 2"));
  there->ledger_error = caf::make_error(errc::store_failed);
  auto x = incoming();
  ASSERT_THAT(words(x), ElementsAre("say", "hangup"));
  EXPECT_THAT(std::get<twiml::say>(x[0]).text, HasSubstr("technical problem"));
}

TEST_F(Webhooks, ResumesACallThatMayHoldTalkTimeStill) {
  start();
  there->credit = {0, 300, 0, false};
  there->past = ended(end_reason::engine_crashed);
  EXPECT_THAT(words(resume()), ElementsAre("connect", "redirect"));
}

TEST_F(Webhooks, AnswersItsAliasAndGet) {
  start();
  EXPECT_THAT(words(verbs(post("/voice", fields()))),
              ElementsAre("connect", "redirect"));
  auto target = "/voice/incoming?" + encode_form(fields());
  raw_client client{server->port()};
  client.send(
    "GET " + target + " HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: "
    + sign_twilio_request(auth_token, "https://voice.example.com" + target)
    + "\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(words(verbs(client.read_all())),
              ElementsAre("connect", "redirect"));
}

TEST_F(Webhooks, RefusesWhatTwilioDidNotSign) {
  start();
  for (auto* path :
       {"/voice/incoming", "/voice", "/voice/resume", "/voice/status"}) {
    auto unsigned_ = post(path, fields(), "");
    EXPECT_EQ(status_of(unsigned_), 403u) << path;
    EXPECT_THAT(unsigned_, HasSubstr("has no X-Twilio-Signature"));
    auto other = post(path, fields(), "https://elsewhere.example.com");
    EXPECT_EQ(status_of(other), 403u) << path;
    EXPECT_THAT(other, HasSubstr("X-Twilio-Signature does not match "
                                 "https://voice.example.com"
                                 + std::string{path}
                                 + ": check public_url in the config and "
                                   "TWILIO_AUTH_TOKEN"));
    EXPECT_THAT(other, Not(HasSubstr(auth_token)));
  }
}

TEST_F(Webhooks, RefusesEverythingWithoutAnAuthToken) {
  options.auth_token.clear();
  start();
  auto x = post("/voice/incoming", fields());
  EXPECT_EQ(status_of(x), 403u);
  EXPECT_THAT(x, HasSubstr("TWILIO_AUTH_TOKEN"));
}

TEST_F(Webhooks, ChecksTheBodyThatASignedUrlNames) {
  start();
  std::string body = R"({"CallSid":"CA01"})";
  auto target = "/voice/status?bodySHA256=" + sha256_hex(body);
  auto send = [&](const std::string& sent) {
    raw_client client{server->port()};
    client.send(
      "POST " + target
      + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "X-Twilio-Signature: "
      + sign_twilio_request(auth_token, "https://voice.example.com" + target)
      + "\r\nContent-Length: " + std::to_string(sent.size())
      + "\r\nConnection: close\r\n\r\n" + sent);
    return status_of(client.read_all());
  };
  EXPECT_EQ(send(body), 204u);
  EXPECT_EQ(send(R"({"CallSid":"CA02"})"), 403u);
}

TEST_F(Webhooks, FindsItsPublicUrlBehindAProxy) {
  options.public_url.clear();
  start();
  auto x = verbs(post("/voice/incoming", fields(), "https://proxy.example.com",
                      "X-Forwarded-Proto: https, http\r\n"
                      "X-Forwarded-Host: proxy.example.com\r\n"));
  EXPECT_THAT(std::get<twiml::connect>(x.at(0)).url,
              StartsWith("wss://proxy.example.com/media-stream/call/"));
  auto plain = verbs(post("/voice/incoming", fields(), "http://internal:8080"));
  EXPECT_THAT(std::get<twiml::connect>(plain.at(0)).url,
              StartsWith("ws://internal:8080/media-stream/call/"));
  auto forged = post("/voice/incoming", fields(), "https://a",
                     "X-Forwarded-Host: a\"><Dial>\r\n");
  EXPECT_EQ(status_of(forged), 400u);
}

TEST_F(Webhooks, NamesTheFieldThatIsWrong) {
  start();
  form no_call;
  no_call.add("To", "+15550002222");
  auto x = post("/voice/incoming", no_call);
  EXPECT_EQ(status_of(x), 400u);
  EXPECT_THAT(body_of(x), HasSubstr("CallSid"));
  form bad_call;
  bad_call.add("CallSid", "CA 01<").add("To", "+15550002222");
  EXPECT_EQ(status_of(post("/voice/incoming", bad_call)), 400u);
  form no_number;
  no_number.add("CallSid", "CA01");
  auto y = post("/voice/incoming", no_number);
  EXPECT_EQ(status_of(y), 400u);
  EXPECT_THAT(body_of(y), HasSubstr("To is missing"));
}

TEST_F(Webhooks, IsBusyWhenFullOrDraining) {
  start();
  there->status = {10, 10, false};
  auto x = incoming();
  ASSERT_THAT(words(x), ElementsAre("reject"));
  EXPECT_EQ(std::get<twiml::reject>(x[0]).reason, "busy");
  there->status = {0, 10, true};
  EXPECT_THAT(words(incoming()), ElementsAre("reject"));
  form outbound;
  outbound.add("CallSid", "CA01")
    .add("To", "+15550002222")
    .add("Direction", "outbound-api");
  EXPECT_THAT(words(verbs(post("/voice/incoming", outbound))),
              ElementsAre("say", "hangup"));
}

TEST_F(Webhooks, IsBusyForWhoeverCallsTooOften) {
  int asked = 0;
  std::string who;
  options.may_call = [&](const std::string& caller, auto answer) {
    who = caller;
    answer(++asked <= 2);
  };
  start();
  EXPECT_THAT(words(incoming()), ElementsAre("connect", "redirect"));
  EXPECT_THAT(words(incoming()), ElementsAre("connect", "redirect"));
  auto x = incoming();
  ASSERT_THAT(words(x), ElementsAre("reject"));
  EXPECT_EQ(std::get<twiml::reject>(x[0]).reason, "busy");
  EXPECT_EQ(who, "+15550001111");
  EXPECT_THAT(counts->text(),
              HasSubstr("velox_incoming_calls_total{outcome=\"too_often\"} 1"));
  auto outbound = fields();
  form called;
  for (auto& field : outbound.fields())
    called.add(field.name,
               field.name == "Direction" ? "outbound-api" : field.value);
  post("/voice/incoming", called);
  EXPECT_EQ(asked, 3) << "whom we call ourselves is not counted";
}

TEST_F(Webhooks, SaysThatANumberIsNotInService) {
  start();
  there->agent.active = false;
  EXPECT_THAT(words(incoming()), ElementsAre("say", "hangup"));
  there->agent.active = true;
  there->agent.phone_number = "+1999";
  auto x = incoming();
  ASSERT_THAT(words(x), ElementsAre("say", "hangup"));
  EXPECT_THAT(std::get<twiml::say>(x[0]).text, HasSubstr("not in service"));
}

TEST_F(Webhooks, ApologisesWhenTheStoreFailsOrSleepsOrIsGone) {
  options.ask_timeout = 100ms;
  start();
  auto apology = [this](std::vector<twiml::verb> x) {
    ASSERT_THAT(words(x), ElementsAre("say", "hangup"));
    EXPECT_THAT(std::get<twiml::say>(x[0]).text, HasSubstr("sorry"));
  };
  there->store_error = caf::make_error(errc::store_failed);
  apology(incoming());
  apology(resume());
  there->silent = true;
  apology(incoming());
  there->silent = false;
  caf::anon_send_exit(store_handle, caf::exit_reason::kill);
  apology(incoming());
  caf::anon_send_exit(registry_actor, caf::exit_reason::kill);
  apology(incoming());
}

TEST_F(Webhooks, HangsUpAfterACallThatEnded) {
  start();
  there->past = ended(end_reason::agent_hung_up);
  EXPECT_THAT(words(resume()), ElementsAre("hangup"));
  there->past = ended(end_reason::too_many_restarts);
  EXPECT_THAT(words(resume()), ElementsAre("say", "hangup"));
  there->past.reset();
  EXPECT_THAT(words(resume()), ElementsAre("say", "hangup"));
}

TEST_F(Webhooks, TransfersWhereTheAgentSaid) {
  start();
  there->past = ended(end_reason::transferred);
  there->past->transfer_to = "+15553334444";
  auto x = resume();
  ASSERT_THAT(words(x), ElementsAre("dial"));
  EXPECT_EQ(std::get<twiml::dial>(x[0]).number, "+15553334444");
}

TEST_F(Webhooks, TakesUpALostCallThreeTimes) {
  start();
  there->past = ended(end_reason::wire_lost);
  for (auto why : {end_reason::wire_lost, end_reason::engine_crashed,
                   end_reason::engine_stopped}) {
    there->past = ended(why);
    auto x = resume();
    ASSERT_THAT(words(x), ElementsAre("connect", "redirect"));
    auto& connect = std::get<twiml::connect>(x[0]);
    stream_token token;
    EXPECT_EQ(
      verify_stream_token(connect.parameters[0].value, secret, unix_now, token),
      token_error::none);
    EXPECT_TRUE(token.resume);
    EXPECT_EQ(token.agent_id, "agent-9");
    EXPECT_EQ(token.org_id, "org-9");
    EXPECT_EQ(connect.parameters[2].value, "+15550002222");
  }
  EXPECT_THAT(words(resume()), ElementsAre("say", "hangup"));
}

TEST_F(Webhooks, TakesUpACallThatIsStillActive) {
  start();
  there->past = ended(end_reason::wire_lost);
  there->past->status = conversation_status::active;
  there->past->ended_because.clear();
  there->past->ended_at = 0;
  EXPECT_THAT(words(resume()), ElementsAre("connect", "redirect"));
}

TEST_F(Webhooks, DoesNotTakeUpACallThatWasLostLongAgo) {
  start();
  there->past = ended(end_reason::wire_lost);
  there->past->ended_at = unix_now - 300'001;
  EXPECT_THAT(words(resume()), ElementsAre("hangup"));
}

TEST_F(Webhooks, WaitsForACallThatIsWindingUp) {
  start();
  there->past = ended(end_reason::agent_hung_up);
  there->live_for = 2;
  EXPECT_THAT(words(resume()), ElementsAre("hangup"));
  std::lock_guard guard(there->mutex);
  EXPECT_LT(there->live_for, 0) << "the registry was not asked again";
}

TEST_F(Webhooks, HearsTheStatusAsOftenAsItComes) {
  start();
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(status_of(post("/voice/status", fields())), 204u);
}
