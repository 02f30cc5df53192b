#include "adapters/carriers/twilio/voicemail.hpp"

#include "protocol/form.hpp"
#include "protocol/twilio_signature.hpp"
#include "tests/billing/billing_fixture.hpp"

namespace velox::test {

namespace {

constexpr auto token = "twilio-hunter2";

class Voicemail : public billing_test {
protected:
  Voicemail() {
    auto db = own.open();
    agent_record desk;
    desk.id = "front-desk";
    desk.org_id = "acme";
    desk.name = "Front desk";
    desk.phone_number = "+15550100";
    persistence::agents{*db}.upsert(desk);
    persistence::webhook_endpoints{*db}.put(
      {"acme", "https://a.b/c", "sealed", "", "", 1});
    http::router routes;
    carriers::twilio::add_voicemail(routes, sys,
                                    {token, true, "", store, clock_now});
    listen(std::move(routes));
  }

  int post(const form& fields, const char* signed_with = token) {
    auto x = to_us("POST", "/voice/recording", encode_form(fields));
    x.headers = {
      {"Content-Type", "application/x-www-form-urlencoded"},
      {"X-Twilio-Signature", sign_twilio_request(signed_with, x.url, fields)}};
    return ask(std::move(x)).status;
  }

  static form message(const std::string& to = "+15550100",
                      const std::string& url = "https://api.twilio.com/RE1",
                      const std::string& seconds = "12") {
    form out;
    out.add("CallSid", "CA1").add("RecordingSid", "RE1").add("To", to);
    out.add("RecordingUrl", url).add("RecordingDuration", seconds);
    return out;
  }

  std::vector<webhook_record> told() {
    auto db = own.open();
    return persistence::outbox{*db}.list({"acme", "", 10});
  }
};

} // namespace

TEST_P(Voicemail, IsToldOnce) {
  EXPECT_EQ(post(message()), 204);
  EXPECT_EQ(post(message()), 204);
  auto all = told();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].event_id, "voicemail.received:RE1");
  EXPECT_EQ(all[0].call_id, "CA1");
}

TEST_P(Voicemail, IsHeardFromTwilioOnly) {
  EXPECT_EQ(post(message(), "another"), 403);
  EXPECT_EQ(post(message("+15550100", "http://a.b/c")), 400);
  EXPECT_EQ(post(message("+15550100", "https://u:p@a.b/c")), 400);
  EXPECT_EQ(post(message("+15550100", "https://a.b/c", "-1")), 400);
  EXPECT_EQ(post(form{}), 400);
  EXPECT_EQ(post(message("+19990000")), 204); // nobody's
  EXPECT_TRUE(told().empty());
  caf::anon_send_exit(store, caf::exit_reason::kill);
  EXPECT_TRUE(eventually([&] { return post(message()) == 503; }));
}

VELOX_ON_EVERY_ENGINE(Voicemail);

} // namespace velox::test
