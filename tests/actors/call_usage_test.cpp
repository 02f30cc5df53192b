#include "tests/actors/call_fixture.hpp"

/// What a call notes of what vendors will charge for.

namespace velox::actors {

namespace {

class CallUsage : public call_test {
protected:
  int64_t used(uint64_t turn, std::string_view stage, std::string_view unit) {
    int64_t result = 0;
    for (auto& x : db->usage)
      if (x.turn == turn && x.stage == stage && x.unit == unit)
        result += x.quantity;
    return result;
  }

  void hang_up() {
    leg->hang_up();
    advance(10s);
    expect_over(end_reason::caller_hung_up);
  }
};

TEST_F(CallUsage, IsNotedByTurn) {
  ring_and_greet();
  exchange("one two");
  hang_up();
  EXPECT_EQ(used(1, "tts", "character"),
            static_cast<int64_t>(greeting.size() - 1))
    << "two sentences, without the blank between them";
  EXPECT_EQ(used(1, "llm", "prompt_token"), 50);
  EXPECT_EQ(used(2, "llm", "prompt_token"), 50);
  EXPECT_EQ(used(2, "llm", "completion_token"), 7);
  std::string answer = "You said one two. What else can I do for you?";
  EXPECT_EQ(used(2, "tts", "character"),
            static_cast<int64_t>(answer.size() - 1));
  // Sound, silence included, goes to the recogniser for as long as the call.
  auto seconds = used(0, "stt", "second");
  EXPECT_GE(seconds, 25);
  EXPECT_LE(seconds, 27);
}

TEST_F(CallUsage, IsNotedEverySoOften) {
  ring_and_greet();
  advance(1s);
  auto noted = used(0, "stt", "second");
  EXPECT_GE(noted, 5) << "a crash may lose the rest";
  EXPECT_EQ(noted % 5, 0);
  hang_up();
}

/// Of a recogniser that was replaced, and of the one behind it.
TEST_F(CallUsage, GoesOnThroughARestart) {
  ring_and_greet();
  kill("stt");
  advance(20s);
  hang_up();
  auto seconds = used(0, "stt", "second");
  EXPECT_GE(seconds, 19);
  EXPECT_LE(seconds, 28) << "what is heard twice is charged twice, no more";
}

TEST_F(CallUsage, CountsTools) {
  ring_and_greet();
  fake->answer = [](const prompt&) {
    test::scripted_answer x;
    x.tools = {{"1", "look_up", "{}"}, {"2", "look_up", "{}"}};
    x.after_tools = "Done.";
    return x;
  };
  exchange("one");
  hang_up();
  EXPECT_EQ(used(2, "tools", "call"), 2);
  auto one = std::find_if(db->usage.begin(), db->usage.end(),
                          [](auto& x) { return x.stage == "tools"; });
  ASSERT_NE(one, db->usage.end());
  EXPECT_EQ(one->product, "look_up");
}

/// The store was away when the batch came, and gets it again.
TEST_F(CallUsage, IsStoredOnce) {
  ring_and_greet();
  db->fault = test::store_is_down;
  leg->say("one two");
  advance(8s);
  db->fault = nullptr;
  advance(12s);
  hang_up();
  EXPECT_EQ(used(2, "llm", "prompt_token"), 50);
  EXPECT_EQ(used(2, "llm", "completion_token"), 7);
}

/// What the vendor was given before the caller cut in is to be paid.
TEST_F(CallUsage, IncludesWhatWasCutOff) {
  ring();
  advance(1s);
  leg->say("stop it now please");
  advance(20s);
  hang_up();
  EXPECT_GT(used(1, "tts", "character"), 0);
}

TEST_F(CallUsage, TellsHowLongTheCallerWaited) {
  ring_and_greet();
  exchange("one two");
  hang_up();
  ASSERT_EQ(answered.size(), 1u);
  auto messages = db->messages_of("CA1");
  auto last = std::find_if(messages.rbegin(), messages.rend(),
                           [](auto& x) { return x.role == "assistant"; });
  ASSERT_NE(last, messages.rend());
  EXPECT_EQ(last->latency_ms, answered[0].count());
  EXPECT_GT(last->latency_ms, 0);
  EXPECT_EQ(messages.front().latency_ms, 0) << "nobody waits for a greeting";
}

} // namespace

} // namespace velox::actors
