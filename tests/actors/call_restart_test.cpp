#include "tests/actors/call_fixture.hpp"

namespace velox::actors {

namespace {

/// A child is killed in the middle of a call: the call goes on.
struct drill {
  const char* child;
  const char* moment; ///< what the turn taker is doing
};

class Drill : public call_test, public testing::WithParamInterface<drill> {
protected:
  void reach_the_moment(const std::string& moment) {
    fake->thinking = 1s;
    ring();
    advance(6s);
    ASSERT_EQ(doing("turn-taker"), "listening");
    if (moment == "listening")
      return;
    leg->say("I want tea");
    ASSERT_TRUE(wait_until("turn-taker", moment));
    advance(moment == "speaking" ? 1200ms : 300ms);
    ASSERT_EQ(doing("turn-taker"), moment);
  }
};

TEST_P(Drill, GoesOn) {
  auto [child, moment] = GetParam();
  reach_the_moment(moment);
  kill(child);
  advance(16s);
  EXPECT_EQ(restarted, std::vector<std::string>{child});
  EXPECT_EQ(events("child-restarted"), 1u);
  if (std::string{moment} == "user speaking" && leg->heard(2).empty())
    exchange("I want tea");
  if (std::string{moment} != "listening") {
    EXPECT_NE(leg->heard().find("What else can I do for you?"),
              std::string::npos)
      << leg->heard();
    EXPECT_NE(leg->heard().find("want tea."), std::string::npos)
      << leg->heard();
  }
  // The next turn works as if nothing had been.
  exchange("more milk");
  EXPECT_NE(leg->heard().find("You said more milk. What else can I do for "
                              "you?"),
            std::string::npos)
    << leg->heard();
  EXPECT_FALSE(leg->stale_audio());
  leg->hang_up();
  advance(1s);
  expect_over(end_reason::caller_hung_up);
}

std::vector<drill> all_drills() {
  std::vector<drill> result;
  for (auto child : {"stt", "turn-taker", "llm", "tts", "stream",
                     "billing-ticker", "ghost-timeout", "deadline"})
    for (auto moment :
         {"listening", "user speaking", "finishing", "thinking", "speaking"})
      result.push_back({child, moment});
  return result;
}

INSTANTIATE_TEST_SUITE_P(Each, Drill, testing::ValuesIn(all_drills()),
                         [](auto& info) {
                           auto name = std::string{info.param.child} + "_"
                                       + info.param.moment;
                           for (auto& c : name)
                             c = c == '-' || c == ' ' ? '_' : c;
                           return name;
                         });

class CallRestart : public call_test {};

TEST_F(CallRestart, HearsAgainWhatADeadRecogniserHadHeard) {
  ring_and_greet();
  leg->say("I want tea"); // 650 ms
  advance(500ms);
  kill("stt");
  advance(10s);
  EXPECT_EQ(fake->understood, std::vector<std::string>{"I want tea"});
  EXPECT_TRUE(leg->heard().ends_with("What else can I do for you?"));
}

TEST_F(CallRestart, HearsAgainWhatADeadRecogniserHadNotUnderstoodYet) {
  fake->recognition = 1s;
  ring_and_greet();
  leg->say("I want tea");
  advance(1s);
  kill("stt");
  advance(10s);
  EXPECT_EQ(fake->understood, std::vector<std::string>{"I want tea"});
}

TEST_F(CallRestart, DoesNotHearTwiceWhatWasUnderstood) {
  ring_and_greet();
  leg->say("I want");
  advance(900ms);
  ASSERT_EQ(fake->understood, std::vector<std::string>{"I want"});
  leg->say("tea now");
  advance(300ms);
  kill("stt");
  advance(10s);
  EXPECT_EQ(fake->understood, (std::vector<std::string>{"I want", "tea now"}));
  EXPECT_NE(leg->heard().find("You said I want tea now."), std::string::npos);
}

TEST_F(CallRestart, AsksTheNextModelToGoOnWhereTheLastStopped) {
  fake->between_tokens = 300ms;
  ring();
  ASSERT_TRUE(wait_until("stream", "speaking"));
  kill("llm");
  advance(15s);
  ASSERT_EQ(fake->prompts.size(), 2u);
  EXPECT_EQ(fake->prompts[1].turn, 1u);
  EXPECT_EQ(fake->prompts[1].said_so_far, "Hello, this is the test agent.");
  EXPECT_EQ(leg->heard(), greeting);
}

TEST_F(CallRestart, SaysNothingTwiceWhenTheVoiceIsRestarted) {
  fake->between_pieces = 300ms;
  ring();
  ASSERT_TRUE(wait_until("stream", "speaking"));
  advance(500ms);
  kill("tts");
  advance(15s);
  EXPECT_EQ(leg->heard(), greeting);
}

TEST_F(CallRestart, AsksAProviderAgainThatReportsItsFailure) {
  ring_and_greet();
  bool once = true;
  fake->on_request = [&](auto stage, auto request) {
    return stage == "llm" && request == "answer" && std::exchange(once, false)
             ? test::fault::fail
             : test::fault::none;
  };
  exchange("tea");
  EXPECT_TRUE(leg->heard().ends_with("You said tea. What else can I do for "
                                     "you?"));
  EXPECT_EQ(events("provider-failed"), 1u);
  EXPECT_TRUE(restarted.empty());
}

TEST_F(CallRestart, RestartsAProviderThatThrows) {
  ring_and_greet();
  for (std::string stage : {"stt", "llm", "tts"}) {
    bool once = true;
    fake->on_request = [&, stage](auto x, auto request) {
      return x == stage && request != "cancel" && request != "hear"
                 && std::exchange(once, false)
               ? test::fault::throws
               : test::fault::none;
    };
    exchange("tea");
    EXPECT_FALSE(once) << stage;
    EXPECT_TRUE(leg->heard().ends_with("for you?")) << stage;
    advance(10s);
  }
  EXPECT_EQ(restarted, (std::vector<std::string>{"stt", "llm", "tts"}));
}

TEST_F(CallRestart, RestartsAStageThatIsStuck) {
  ring_and_greet();
  for (std::string stage : {"stt", "tts"}) {
    bool once = true;
    fake->on_request = [&, stage](auto x, auto request) {
      auto spoils = request == "ended" || request == "say";
      return x == stage && spoils && std::exchange(once, false)
               ? test::fault::drop
               : test::fault::none;
    };
    exchange("some tea please");
    advance(15s);
    EXPECT_FALSE(once) << stage;
    EXPECT_GE(events("stage-late"), 1u) << stage;
    EXPECT_NE(leg->heard().find("some tea"), std::string::npos) << stage;
  }
  EXPECT_EQ(restarted, (std::vector<std::string>{"stt", "tts"}));
}

/// An operator's look must not cost the call, or more.
TEST_F(CallRestart, TellsHowItIsDoingWhileAPartIsDown) {
  ring_and_greet();
  kill("llm");
  advance(1ms);
  kill("llm"); // this time it comes back after a pause
  EXPECT_EQ(doing("llm"), "down");
  advance(1s);
  EXPECT_EQ(doing("llm"), "waiting");
}

TEST_F(CallRestart, AsksAModelAgainThatIsStuck) {
  ring_and_greet();
  bool once = true;
  fake->on_request = [&](auto, auto request) {
    return request == "answer" && std::exchange(once, false)
             ? test::fault::drop
             : test::fault::none;
  };
  exchange("some tea please");
  advance(15s);
  EXPECT_EQ(events("provider-failed"), 1u);
  EXPECT_TRUE(leg->heard().ends_with("You said some tea please. What else can "
                                     "I do for you?"));
}

TEST_F(CallRestart, GetsTheWordsOfAnUnfinishedTurnBack) {
  ring_and_greet();
  leg->say("I want");
  advance(1s); // understood; the turn ends in a moment
  kill("turn-taker");
  advance(10s);
  EXPECT_TRUE(leg->heard().ends_with("You said I want. What else can I do for "
                                     "you?"))
    << leg->heard();
}

TEST_F(CallRestart, ApologisesAndEndsBeyondTheBudget) {
  ring_and_greet();
  for (int i = 0; i < 4; ++i) {
    kill("llm");
    advance(1s);
  }
  advance(12s);
  EXPECT_TRUE(leg->heard().ends_with("Please call again. Goodbye."))
    << leg->heard();
  expect_over(end_reason::too_many_restarts);
  EXPECT_EQ(stored().status, conversation_status::failed);
  EXPECT_EQ(stored().explanation, "The part \"llm\" kept failing.");
  EXPECT_EQ(restarted.size(), 3u);
}

TEST_F(CallRestart, EndsAtOnceWhenItsVoiceIsBeyondTheBudget) {
  ring_and_greet();
  for (int i = 0; i < 4; ++i) {
    kill("tts");
    advance(1s);
  }
  advance(1s);
  expect_over(end_reason::too_many_restarts);
}

TEST_F(CallRestart, EndsWhenAProviderNeverWorks) {
  for (std::string stage : {"stt", "llm", "tts"}) {
    for (auto how : {test::fault::fail, test::fault::throws}) {
      start.call_id = stage + std::to_string(static_cast<int>(how));
      start.token_nonce = start.call_id;
      leg = test::fake_leg::make(world);
      fake->on_request = [=](auto x, auto request) {
        return x == stage && request == "make" ? how : test::fault::none;
      };
      ring();
      advance(60s);
      EXPECT_EQ(db->conversations[start.call_id].ended_because,
                how == test::fault::fail ? "providers-failed"
                                         : "too-many-restarts")
        << start.call_id;
      EXPECT_TRUE(leg->closed());
      EXPECT_EQ(alive(), 3u);
    }
  }
}

TEST_F(CallRestart, RestartsEachOfSeveralThatFallTogether) {
  services.limits.children.intensity = {9, 30s};
  ring_and_greet();
  for (auto child : {"stt", "turn-taker", "llm", "tts", "stream"})
    kill(child);
  advance(5s);
  EXPECT_EQ(restarted.size(), 5u);
  exchange("tea");
  EXPECT_TRUE(leg->heard().ends_with("You said tea. What else can I do for "
                                     "you?"));
}

TEST_F(CallRestart, StartsNobodyAfreshOnceItIsClosing) {
  ring_and_greet();
  kill("llm");
  advance(1ms);
  kill("llm"); // this time it is to come back after a pause
  EXPECT_EQ(restarted.size(), 1u);
  db->delay = 2s;
  leg->hang_up();
  advance(1s);
  EXPECT_EQ(restarted.size(), 1u);
  advance(10s);
  EXPECT_EQ(stored().ended_because, "caller-hung-up");
}

TEST_F(CallRestart, StillHangsUpWhenTheGoodbyeIsInterruptedByACrash) {
  for (auto child : {"llm", "tts", "stream", "turn-taker", "stt"}) {
    start.call_id = child;
    start.token_nonce = child;
    leg = test::fake_leg::make(world);
    ring();
    advance(5s);
    tell(subject, end_call{end_reason::ended_by_operator, ""});
    advance(1s);
    kill(child);
    advance(15s);
    EXPECT_EQ(db->conversations[child].ended_because, "ended-by-operator")
      << child;
    EXPECT_TRUE(leg->closed()) << child;
  }
}

} // namespace

} // namespace velox::actors
