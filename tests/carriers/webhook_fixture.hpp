#pragma once

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

/// The webhooks on a server of their own, with a store and a registry that say
/// what a test wants; the test signs and posts as Twilio.

namespace velox::test {

inline constexpr auto auth_token = "12345";
inline constexpr auto secret = "stream secret";
inline constexpr int64_t unix_now = 1'800'000'000'000;

/// What the fake registry and store answer; the test changes it between
/// requests.
struct world {
  std::mutex mutex;
  registry_status status{1, 10, false};
  caf::error store_error;
  bool silent = false; ///< the store never answers
  agent_record agent;
  std::optional<conversation_record> past;
  int live_for = 0;  ///< how many times the call is still found live
  call_actor live{}; ///< the call that is found then
  talk_credit credit{600, 0, 0, true};
  caf::error ledger_error;
};

using namespace std::chrono_literals;

using world_ptr = std::shared_ptr<world>;

inline call_registry_actor::behavior_type
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
        return live_call{x.call_id, w->live};
      return caf::make_error(errc::unknown_call);
    },
    [](const drain&) -> caf::result<registry_status> {
      return registry_status{};
    },
  };
}

inline ledger_actor::behavior_type ledger(ledger_actor::pointer, world_ptr w) {
  auto none = [] { return caf::make_error(errc::not_found); };
  return {
    [none](const reserve_talk_time&) -> caf::result<talk_time> {
      return none();
    },
    [none](const charge&) -> caf::result<talk_time> { return none(); },
    [none](const settle_call&) -> caf::result<call_bill> { return none(); },
    [](const release_talk_time&) {},
    [w](const find_credit& x) -> caf::result<talk_credit> {
      std::lock_guard guard(w->mutex);
      if (w->ledger_error)
        return w->ledger_error;
      EXPECT_EQ(x.org_id, "org-1");
      return w->credit;
    },
    [](const list_quiet_calls&) { return quiet_calls{}; },
    [](const recover_call&) { return call_recovered{}; },
  };
}

struct store_state {
  std::vector<caf::response_promise> unanswered;
};

inline store_actor::behavior_type
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

class webhook_test : public testing::Test {
protected:
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::velox>();
      set("scheduler.max-threads", 2);
    }
  };

  webhook_test() {
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
    options.ledger = sys->spawn(ledger, there);
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
    options.ledger = nullptr;
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
    EXPECT_THAT(response, testing::HasSubstr("Content-Type: text/xml"));
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

} // namespace velox::test
