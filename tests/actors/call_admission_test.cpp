#include "tests/actors/call_fixture.hpp"

namespace velox::actors {

namespace {

class CallAdmission : public call_test {
protected:
  void expect_refused(uint16_t code, const std::string& why) {
    EXPECT_EQ(leg->close_code(), code);
    ASSERT_FALSE(leg->log().empty());
    EXPECT_EQ(leg->log().back().name, why);
    EXPECT_EQ(ended, std::vector{end_reason::refused});
    EXPECT_EQ(leg->count(written::kind::audio), 0u);
    EXPECT_EQ(alive(), kept.size()) << "the call is gone";
  }

  /// Another call has the slot of this id.
  caf::actor occupy(const std::string& id, const std::string& nonce) {
    auto holder
      = keep(sys.spawn([registry = services.registry, id, nonce](
                         caf::event_based_actor* holder) -> caf::behavior {
          holder->request(registry, caf::infinite, admit_call{id, nonce})
            .then([](const admitted&) {});
          return {[](caf::unit_t) {}};
        }));
    settle();
    return holder;
  }
};

TEST_F(CallAdmission, IsRefusedWhenTheEngineIsFull) {
  services.registry
    = keep(sys.spawn(call_registry, admission_options{1, 5min}));
  occupy("CA0", "n0");
  ring();
  expect_refused(1013, "the engine takes no more calls");
  EXPECT_TRUE(db->conversations.empty());
}

TEST_F(CallAdmission, IsRefusedWhileTheEngineDrains) {
  ask<registry_status>(services.registry, drain{});
  ring();
  expect_refused(1013, "the engine takes no more calls");
}

TEST_F(CallAdmission, IsRefusedWhenTheCallHasItsSocket) {
  occupy("CA1", "n0");
  ring();
  expect_refused(1008, "this call has its media socket");
}

TEST_F(CallAdmission, IsRefusedWithAUsedToken) {
  occupy("CA0", "n1");
  ring();
  expect_refused(1008, "this stream token was used before");
}

TEST_F(CallAdmission, IsRefusedWithoutAnAgent) {
  start.agent_id = "nobody";
  ring();
  expect_refused(1008, "no such agent");
}

TEST_F(CallAdmission, IsRefusedWhileTheStoreIsDown) {
  db->fault = test::store_is_down;
  ring();
  expect_refused(1011, "the engine cannot take this call now");
}

TEST_F(CallAdmission, LeavesNoOpenConversationWhenItsAgentCannotBeFound) {
  db->fault = [](std::string_view request) {
    return request == "find_agent" ? test::store_is_down(request)
                                   : caf::error{};
  };
  ring();
  expect_refused(1011, "the engine cannot take this call now");
  EXPECT_EQ(stored().status, conversation_status::failed);
  EXPECT_EQ(stored().ended_because, "refused");
}

TEST_F(CallAdmission, IsRefusedWhenTheStoreDoesNotAnswer) {
  db->delay = 1h;
  ring();
  advance(services.limits.answer_due);
  EXPECT_EQ(leg->close_code(), 1011);
}

TEST_F(CallAdmission, IsRefusedWhenItHasEnded) {
  ring_and_greet();
  leg->hang_up();
  advance(1s);
  start.token_nonce = "n2";
  leg = test::fake_leg::make(world);
  ended.clear();
  ring();
  expect_refused(1008, "this call has ended");
  EXPECT_EQ(stored().ended_because, "caller-hung-up");
}

TEST_F(CallAdmission, CanBeEndedWhileItBegins) {
  db->delay = 1s;
  ring();
  tell(subject, end_call{end_reason::ended_by_operator, ""});
  advance(10s);
  EXPECT_TRUE(leg->closed());
  EXPECT_EQ(stored().ended_because, "ended-by-operator");
  EXPECT_EQ(alive(), 3u);
  EXPECT_EQ(ended.size(), 1u);
}

TEST_F(CallAdmission, CanBeStoppedWhileItBegins) {
  db->delay = 1s;
  ring();
  caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
  advance(10s);
  EXPECT_TRUE(leg->closed());
  EXPECT_EQ(stored().ended_because, "engine-stopped");
  EXPECT_EQ(alive(), 3u);
}

// -- a call that goes on
// -------------------------------------------------------

class ResumedCall : public call_test {
protected:
  /// The call is cut off by its wire, and comes back on a new one.
  void come_back() {
    start.resumed = true;
    start.token_nonce = "n2";
    leg = test::fake_leg::make(world);
    ring();
  }
};

TEST_F(ResumedCall, GoesOnWhereItWasCutOff) {
  fake->answer = [](const prompt& x) {
    return test::scripted_answer{"Answer " + std::to_string(x.turn) + ".",
                                 next_step::listen, "",
                                 "m" + std::to_string(x.turn)};
  };
  ring();
  advance(3s);
  exchange("I want tea");
  leg->lose_wire();
  advance(20s);
  EXPECT_EQ(stored().ended_because, "wire-lost");
  come_back();
  advance(5s);
  EXPECT_EQ(stored().status, conversation_status::active);
  EXPECT_EQ(leg->heard(), "Sorry, we were cut off for a moment.");
  exchange("with milk");
  auto& x = fake->prompts.back();
  EXPECT_EQ(x.memory, "m2");
  ASSERT_EQ(x.history.size(), 4u);
  EXPECT_EQ(x.history[0].text, "Answer 1.");
  EXPECT_EQ(x.history[1].text, "I want tea");
  EXPECT_EQ(x.history[2].text,
            "Answer 2. Sorry, we were cut off for a moment.");
  EXPECT_EQ(x.history[3].text, "with milk");
  EXPECT_GT(x.turn, 2u) << "turns only grow";
  leg->hang_up();
  advance(1s);
  EXPECT_EQ(stored().ended_because, "caller-hung-up");
  EXPECT_EQ(events("started"), 2u);
  EXPECT_EQ(events("ended"), 2u);
}

TEST_F(ResumedCall, GreetsWhenNothingHadBeenSaid) {
  ring();
  advance(100ms);
  leg->lose_wire();
  advance(20s);
  come_back();
  advance(5s);
  EXPECT_EQ(leg->heard(), greeting);
}

TEST_F(ResumedCall, WaitsForItsFormerSelf) {
  ring_and_greet();
  db->delay = 300ms; // the end takes a while
  leg->lose_wire();
  advance(100ms);
  auto former = subject;
  come_back();
  advance(500ms);
  EXPECT_FALSE(leg->closed());
  advance(8s);
  EXPECT_EQ(leg->heard(), "Sorry, we were cut off for a moment.");
}

TEST_F(ResumedCall, DoesNotWaitForEver) {
  ring_and_greet();
  auto former = subject;
  auto former_leg = leg;
  come_back();
  advance(2s);
  EXPECT_FALSE(leg->closed());
  advance(2s);
  EXPECT_EQ(leg->close_code(), 1008);
  EXPECT_FALSE(former_leg->closed()) << "the first one lives on";
  subject = former;
}

} // namespace

} // namespace velox::actors
