#include "adapters/carriers/twilio/webhooks.hpp"

#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "protocol/errc.hpp"
#include "protocol/form.hpp"
#include "protocol/stream_token.hpp"
#include "protocol/twilio_signature.hpp"
#include "protocol/twiml.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/shards.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/result.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <gmock/gmock.h>
#include <mutex>
#include <optional>

using namespace velox;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr auto auth_token = "12345";
constexpr auto secret = "stream secret";
constexpr int64_t unix_now = 1'800'000'000'000;

/// What the fake registry and store answer; the test changes it between
/// requests.
struct world {
  std::mutex mutex;
  registry_status status{1, 10, false};
  caf::error store_error;
  bool silent = false; ///< the store never answers
  agent_record agent;
  std::optional<conversation_record> past;
  int live_for = 0; ///< how many times the call is still found live
};

using world_ptr = std::shared_ptr<world>;

call_registry_actor::behavior_type
registry(call_registry_actor::pointer self, world_ptr w) {
  return {
    [](const admit_call&) -> caf::result<admitted> { return admitted{}; },
    [w](caf::get_atom) -> caf::result<registry_status> {
      std::lock_guard guard(w->mutex);
      return w->status;
    },
    [](const list_calls&) -> caf::result<std::vector<live_call>> {
      return std::vector<live_call>{};
    },
    [self, w](const find_call& x) -> caf::result<live_call> {
      std::lock_guard guard(w->mutex);
      if (w->live_for-- > 0)
        return live_call{x.call_id, call_actor{}};
      return caf::make_error(errc::unknown_call);
    },
    [](const drain&) -> caf::result<registry_status> {
      return registry_status{};
    },
  };
}

struct store_state {
  std::vector<caf::response_promise> unanswered;
};

store_actor::behavior_type
store(store_actor::stateful_pointer<store_state> self, world_ptr w) {
  auto hold = [self] {
    self->state.unanswered.push_back(self->make_response_promise());
  };
  return {
    [w, hold](const find_agent_by_number& x) -> caf::result<agent_record> {
      std::lock_guard guard(w->mutex);
      if (w->silent) {
        hold();
        return caf::delegated<agent_record>{};
      }
      if (w->store_error)
        return w->store_error;
      if (x.phone_number != w->agent.phone_number)
        return caf::make_error(errc::not_found);
      return w->agent;
    },
    [](const find_agent&) -> caf::result<agent_record> {
      return caf::make_error(errc::not_found);
    },
    [](const open_conversation& x) -> caf::result<conversation_record> {
      return x.conversation;
    },
    [w](const find_conversation&) -> caf::result<conversation_record> {
      std::lock_guard guard(w->mutex);
      if (w->store_error)
        return w->store_error;
      if (!w->past)
        return caf::make_error(errc::not_found);
      return *w->past;
    },
    [](const list_messages&) -> caf::result<std::vector<message_record>> {
      return std::vector<message_record>{};
    },
    [](const list_events&) -> caf::result<std::vector<call_event>> {
      return std::vector<call_event>{};
    },
    [](const call_log_batch&) {},
    [](const close_conversation&) {},
    [](const recording_stored&) {},
    [](const list_recordings&) -> caf::result<std::vector<recording_record>> {
      return std::vector<recording_record>{};
    },
    [](const list_due_recordings&)
      -> caf::result<std::vector<recording_record>> {
      return std::vector<recording_record>{};
    },
    [](const forget_recording&) {},
    [](const stray_recordings&) -> caf::result<stray_recordings> {
      return stray_recordings{};
    },
    [](caf::ok_atom) -> caf::result<caf::ok_atom> { return caf::ok_atom_v; },
  };
}

class Webhooks : public testing::Test {
protected:
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::velox>();
      set("scheduler.max-threads", 2);
    }
  };

  Webhooks() {
    options.auth_token = auth_token;
    options.public_url = "https://voice.example.com/";
    options.token_secret = secret;
    options.unix_ms_now = [] { return unix_now; };
    there->agent.id = "agent-1";
    there->agent.org_id = "org-1";
    there->agent.phone_number = "+15550002222";
  }

  void start() {
    sys.emplace(cfg);
    registry_actor = sys->spawn(registry, there);
    store_handle = sys->spawn(store, there);
    http::router routes;
    carriers::twilio::add_webhooks(routes, options, *sys, registry_actor,
                                   store_handle, counts);
    http::server_options where;
    where.host = "127.0.0.1";
    server.emplace(where, shards.all(), std::move(routes), counts);
  }

  void TearDown() override {
    std::promise<void> gone;
    server->stop(1s, [&] { gone.set_value(); });
    EXPECT_EQ(gone.get_future().wait_for(5s), std::future_status::ready);
    server.reset();
    shards.finish();
    registry_actor = nullptr;
    store_handle = nullptr;
    sys->await_all_actors_done();
    sys.reset();
  }

  form fields() const {
    form x;
    x.add("CallSid", "CA01")
      .add("From", "+15550001111")
      .add("To", "+15550002222")
      .add("Direction", "inbound");
    return x;
  }

  /// Posts a form, signed for the public URL unless told otherwise.
  std::string post(const std::string& path, const form& x,
                   const std::string& signed_for = "https://voice.example.com",
                   const std::string& headers = "") {
    auto body = encode_form(x);
    auto signature
      = signed_for.empty()
          ? std::string{}
          : "X-Twilio-Signature: "
              + sign_twilio_request(auth_token, signed_for + path, x) + "\r\n";
    raw_client client{server->port()};
    client.send("POST " + path
                + " HTTP/1.1\r\nHost: internal:8080\r\n"
                  "Content-Type: application/x-www-form-urlencoded\r\n"
                + signature + headers
                + "Content-Length: " + std::to_string(body.size())
                + "\r\nConnection: close\r\n\r\n" + body);
    return client.read_all();
  }

  /// The document of a 200.
  std::vector<twiml::verb> verbs(const std::string& response) {
    EXPECT_EQ(status_of(response), 200u) << response;
    EXPECT_THAT(response, HasSubstr("Content-Type: text/xml"));
    twiml::response out;
    auto error = twiml::read(body_of(response), out);
    EXPECT_FALSE(error) << error.text << response;
    return out.verbs;
  }

  std::vector<twiml::verb> incoming() {
    return verbs(post("/voice/incoming", fields()));
  }

  std::vector<twiml::verb> resume() {
    return verbs(post("/voice/resume", fields()));
  }

  /// What is to be done, in words: "connect", "say", "hangup", ...
  std::vector<std::string> words(const std::vector<twiml::verb>& x) {
    std::vector<std::string> out;
    for (auto& verb : x) {
      const char* names[] = {"connect", "say",  "redirect", "reject",
                             "hangup",  "dial", "pause",    "other"};
      out.emplace_back(names[verb.index()]);
    }
    return out;
  }

  conversation_record ended(end_reason why) {
    conversation_record x;
    x.call_id = "CA01";
    x.agent_id = "agent-9";
    x.org_id = "org-9";
    x.caller = "+15550001111";
    x.called = "+15550002222";
    x.status = conversation_status::completed;
    x.ended_because = to_text(why);
    x.ended_at = unix_now - 1000;
    return x;
  }

  config cfg;
  world_ptr there = std::make_shared<world>();
  test_shards shards;
  std::optional<caf::actor_system> sys;
  call_registry_actor registry_actor;
  store_actor store_handle;
  carriers::twilio::webhook_options options;
  std::shared_ptr<http::metrics> counts = std::make_shared<http::metrics>();
  std::optional<http::server> server;
};

} // namespace

TEST_F(Webhooks, ConnectsAnIncomingCallToTheMediaSocket) {
  start();
  auto x = incoming();
  ASSERT_THAT(words(x), ElementsAre("connect", "redirect"));
  auto& connect = std::get<twiml::connect>(x[0]);
  EXPECT_EQ(connect.url, "wss://voice.example.com/media-stream");
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
  EXPECT_EQ(std::get<twiml::connect>(x.at(0)).url,
            "wss://proxy.example.com/media-stream");
  auto plain = verbs(post("/voice/incoming", fields(), "http://internal:8080"));
  EXPECT_EQ(std::get<twiml::connect>(plain.at(0)).url,
            "ws://internal:8080/media-stream");
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
