#include "tests/actors/call_fixture.hpp"

namespace velox::actors {

namespace {

class Call : public call_test {};

// -- a conversation
// ------------------------------------------------------------

TEST_F(Call, GreetsTheCaller) {
  ring();
  EXPECT_EQ(leg->heard(), "");
  advance(5s);
  EXPECT_EQ(leg->heard(), "Hello, this is the test agent. How can I help you?");
  EXPECT_EQ(doing("turn-taker"), "listening");
  EXPECT_EQ(stored().status, conversation_status::active);
  EXPECT_EQ(messages(), "assistant: " + greeting + "\n");
}

TEST_F(Call, AnswersATurn) {
  ring_and_greet();
  exchange("I want tea");
  EXPECT_EQ(leg->heard(2), "You said I want tea. What else can I do for you?");
  ASSERT_EQ(fake->prompts.size(), 2u);
  auto& history = fake->prompts[1].history;
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0].text, greeting);
  EXPECT_EQ(history[1].text, "I want tea");
  EXPECT_EQ(messages(),
            "assistant: " + greeting
              + "\nuser: I want tea\nassistant: You said I want tea. What else "
                "can I do for you?\n");
  ASSERT_EQ(answered.size(), 1u);
  EXPECT_LT(answered[0], 1s);
  EXPECT_EQ(interruptions, 0);
}

TEST_F(Call, KeepsTheModelsMemory) {
  fake->answer = [](const prompt& x) {
    return test::scripted_answer{"Fine.", next_step::listen, "",
                                 x.memory + "x"};
  };
  ring();
  advance(3s);
  exchange("a");
  exchange("b");
  ASSERT_EQ(fake->prompts.size(), 3u);
  EXPECT_EQ(fake->prompts[2].memory, "xx");
}

TEST_F(Call, HearsOnlyWhatWasHeardAfterABargeIn) {
  ring();
  advance(2s);
  leg->say("wait a moment");
  advance(15s);
  ASSERT_EQ(fake->prompts.size(), 2u);
  auto& history = fake->prompts[1].history;
  ASSERT_EQ(history.size(), 2u);
  EXPECT_TRUE(history[0].interrupted);
  // To the word what the ear heard; a word under way does not count.
  auto ear = leg->heard(1);
  EXPECT_TRUE(ear.starts_with(history[0].text)) << ear;
  EXPECT_GT(history[0].text.size() + 10, ear.size());
  EXPECT_LT(ear.size(), greeting.size());
  EXPECT_EQ(history[1].text, "wait a moment");
  EXPECT_EQ(leg->count(written::kind::clear), 1u);
  EXPECT_FALSE(leg->stale_audio());
  EXPECT_EQ(interruptions, 1);
  EXPECT_EQ(events("cancelled"), 1u);
}

TEST_F(Call, PlaysNothingOfACancelledTurnThoughItsAudioArrives) {
  fake->late_audio = true;
  fake->between_pieces = 400ms;
  ring();
  advance(2s);
  leg->say("wait a moment please");
  advance(15s);
  EXPECT_EQ(interruptions, 1);
  EXPECT_FALSE(leg->stale_audio());
  EXPECT_EQ(leg->heard(2).substr(0, 8), "You said");
}

TEST_F(Call, GoesOnAfterACough) {
  ring();
  advance(2s);
  leg->make_noise(600ms);
  advance(15s);
  EXPECT_EQ(events("resumed"), 1u);
  // From the first word that was not heard whole.
  auto ear = leg->heard(1);
  auto rest = leg->heard(2);
  EXPECT_TRUE(greeting.ends_with(rest)) << rest;
  EXPECT_GE(ear.size() + rest.size(), greeting.size() - 1);
  EXPECT_EQ(fake->prompts.size(), 1u) << "the answer was whole already";
  EXPECT_EQ(doing("turn-taker"), "listening");
}

TEST_F(Call, GoesOnAfterACoughWhileTheModelIsStillWriting) {
  fake->between_tokens = 500ms;
  ring();
  wait_until("stream", "speaking");
  leg->make_noise(600ms);
  advance(20s);
  ASSERT_EQ(fake->prompts.size(), 2u);
  EXPECT_TRUE(fake->prompts[1].history.empty());
  EXPECT_NE(fake->prompts[1].said_so_far, "");
  EXPECT_TRUE(leg->heard().ends_with("How can I help you?")) << leg->heard();
  EXPECT_EQ(doing("turn-taker"), "listening");
}

TEST_F(Call, GoesOnListeningWhenACoughCutNothingOff) {
  services.turns.idle = 8s;
  ring();
  wait_until("stream", "speaking");
  // The very moment at which the last mark comes back.
  for (int i = 0; i < 1000 && leg->heard() != greeting; ++i)
    advance(10ms);
  leg->report(voice_started{});
  advance(300ms);
  leg->report(voice_stopped{});
  advance(4s);
  EXPECT_EQ(doing("turn-taker"), "listening");
  advance(8s);
  EXPECT_EQ(events("caller-idle"), 1u) << "silence has an owner";
}

TEST_F(Call, AsksWhetherACallerIsStillThereAndHangsUp) {
  services.turns.idle = 8s;
  ring_and_greet();
  advance(10s);
  EXPECT_TRUE(leg->heard().ends_with("Are you still there?"));
  advance(60s);
  EXPECT_TRUE(leg->heard().ends_with("Goodbye."));
  EXPECT_EQ(events("caller-idle"), 3u);
  expect_over(end_reason::caller_idle);
  EXPECT_EQ(stored().status, conversation_status::abandoned);
}

TEST_F(Call, TakesKeysForWords) {
  ring_and_greet();
  leg->press('4');
  leg->press('2');
  leg->press('#');
  advance(10s);
  EXPECT_EQ(leg->heard(2), "You said four two. What else can I do for you?");
}

TEST_F(Call, AsksAgainWhenNothingWasUnderstood) {
  ring_and_greet();
  leg->make_noise(1s);
  advance(5s);
  EXPECT_EQ(leg->heard(2), "Sorry, I did not get that.");
}

TEST_F(Call, AnAnswerWithoutWordsLeavesTheFloorToTheCaller) {
  fake->answer = [](const prompt&) { return test::scripted_answer{}; };
  ring();
  advance(2s);
  EXPECT_EQ(doing("turn-taker"), "listening");
}

// -- how it ends
// ---------------------------------------------------------------

TEST_F(Call, EndsWhenTheAgentHangsUp) {
  ring_and_greet();
  exchange("goodbye");
  EXPECT_TRUE(leg->heard().ends_with("Goodbye then."));
  expect_over(end_reason::agent_hung_up);
  EXPECT_EQ(leg->close_code(), 1000);
  EXPECT_EQ(stored().status, conversation_status::completed);
}

TEST_F(Call, EndsInATransfer) {
  ring_and_greet();
  exchange("operator please");
  EXPECT_TRUE(leg->heard().ends_with("One moment please."));
  expect_over(end_reason::transferred);
  EXPECT_EQ(stored().transfer_to, "+15550100");
}

TEST_F(Call, EndsWhenTheCallerHangsUp) {
  ring();
  advance(2s);
  leg->hang_up();
  advance(1s);
  expect_over(end_reason::caller_hung_up);
  // What was heard of the sentence that was cut off is in the transcript.
  auto heard = db->messages_of("CA1").at(0).heard;
  EXPECT_NE(heard.heard, "");
  EXPECT_NE(heard.unsent + heard.sent, "");
}

TEST_F(Call, EndsWhenTheWireIsLost) {
  ring_and_greet();
  leg->lose_wire();
  advance(1s);
  expect_over(end_reason::wire_lost);
  EXPECT_EQ(stored().status, conversation_status::abandoned);
}

TEST_F(Call, EndsAtAProtocolViolation) {
  ring_and_greet();
  leg->lose_wire(end_reason::protocol_violation);
  advance(1s);
  expect_over(end_reason::protocol_violation);
  EXPECT_EQ(stored().explanation, "The socket is gone.");
}

TEST_F(Call, EndsWhenNothingComesFromTheCaller) {
  ring_and_greet();
  leg->fall_silent();
  advance(11s);
  expect_over(end_reason::caller_gone);
}

TEST_F(Call, EndsPolitelyAtItsDeadline) {
  services.limits.max_duration = 6s;
  ring_and_greet();
  advance(20s);
  EXPECT_TRUE(leg->heard().ends_with("We have reached the end of our time. "
                                     "Goodbye."));
  expect_over(end_reason::deadline_reached);
}

TEST_F(Call, EndsAtItsDeadlineThoughNothingWorks) {
  services.limits.max_duration = 6s;
  ring_and_greet();
  db->delay = 1h; // the store answers no more
  fake->on_request = [](auto, auto) { return test::fault::drop; };
  advance(6s + services.limits.grace);
  EXPECT_TRUE(leg->closed());
  EXPECT_EQ(ended.size(), 1u);
  EXPECT_EQ(
    ask<registry_status>(services.registry, caf::get_atom_v)->live_calls, 0u);
}

TEST_F(Call, EndsPolitelyWhenTheCreditIsUsedUp) {
  services.turns.idle = 1h;
  services.ledger = keep(sys.spawn(memory_ledger, int64_t{45}));
  ring_and_greet();
  advance(70s);
  EXPECT_TRUE(leg->heard().ends_with("I am sorry, this call has to end now. "
                                     "Goodbye."));
  EXPECT_EQ(stored().ended_because, "credit-exhausted");
  auto left = ask<talk_credit>(services.ledger, find_credit{"o1"});
  EXPECT_EQ(stored().billed_seconds, 45 - left->credit_seconds);
  EXPECT_GT(stored().billed_seconds, 36) << "the goodbye still fitted";
  EXPECT_LE(stored().billed_seconds, 45);
  EXPECT_EQ(left->owed_seconds, 0);
  EXPECT_EQ(left->reserved_seconds, 0);
}

TEST_F(Call, EndsPolitelyOnAnOperatorsOrder) {
  ring();
  advance(2s);
  tell(subject, end_call{end_reason::ended_by_operator, "Because."});
  EXPECT_EQ(status().actors[0].doing, "saying goodbye");
  leg->say("but wait"); // a farewell is not interrupted
  advance(12s);
  EXPECT_TRUE(leg->heard().ends_with("I have to end the call now. Goodbye."));
  expect_over(end_reason::ended_by_operator);
  EXPECT_EQ(stored().explanation, "Because.");
}

TEST_F(Call, EndsOnceWhateverElseHappens) {
  ring_and_greet();
  tell(subject, end_call{end_reason::ended_by_operator, ""});
  tell(subject, deadline_reached{});
  tell(subject, credit_exhausted{});
  tell(subject, caller_gone{1});
  advance(500ms);
  leg->hang_up();
  advance(100ms);
  expect_over(end_reason::ended_by_operator);
}

TEST_F(Call, EndsWhenTheEngineStops) {
  ring_and_greet();
  caf::anon_send_exit(subject, caf::exit_reason::user_shutdown);
  advance(1s);
  expect_over(end_reason::engine_stopped);
}

TEST_F(Call, EndsThoughTheGoodbyeCannotBeSpoken) {
  ring_and_greet();
  fake->on_request = [](auto stage, auto) {
    return stage == "tts" ? test::fault::drop : test::fault::none;
  };
  tell(subject, end_call{end_reason::ended_by_operator, ""});
  advance(services.limits.goodbye + 1s);
  expect_over(end_reason::ended_by_operator);
}

TEST_F(Call, ChargesWhatItLasted) {
  ring_and_greet();
  advance(50s);
  leg->hang_up();
  advance(1s);
  expect_over(end_reason::caller_hung_up);
  EXPECT_EQ(stored().billed_seconds, 55);
  auto left = ask<talk_credit>(services.ledger, find_credit{"o1"});
  EXPECT_EQ(left->credit_seconds, 3600 - 55);
}

TEST_F(Call, ChargesOnceThoughTheTickerIsKilled) {
  services.turns.idle = 1h;
  ring_and_greet();
  for (int i = 0; i < 6; ++i) {
    kill("billing-ticker");
    advance(35s);
  }
  leg->hang_up();
  advance(1s);
  EXPECT_EQ(stored().billed_seconds, 215);
  auto left = ask<talk_credit>(services.ledger, find_credit{"o1"});
  EXPECT_EQ(left->credit_seconds, 3600 - 215);
}

TEST_F(Call, ChargesThoughTheTickerIsDeadAtTheEnd) {
  services.turns.idle = 1h;
  ring_and_greet();
  advance(60s);
  kill("billing-ticker");
  leg->hang_up();
  advance(10s);
  EXPECT_EQ(stored().billed_seconds, 65);
  auto left = ask<talk_credit>(services.ledger, find_credit{"o1"});
  EXPECT_EQ(left->credit_seconds, 3600 - 65);
}

TEST_F(Call, IsRefusedWithoutTalkTime) {
  services.ledger = keep(sys.spawn(memory_ledger, int64_t{0}));
  ring();
  EXPECT_EQ(leg->close_code(), 1008);
  EXPECT_EQ(ended, std::vector{end_reason::refused});
}

TEST_F(Call, GivesBackWhatItHeldWhenItIsRefused) {
  start.agent_id = "nobody";
  ring();
  EXPECT_TRUE(leg->closed());
  auto left = ask<talk_credit>(services.ledger, find_credit{"o1"});
  EXPECT_EQ(left->credit_seconds, 3600);
  EXPECT_EQ(left->reserved_seconds, 0);
}

TEST_F(Call, HoldsTalkTimeWhileItLasts) {
  ring_and_greet();
  auto left = ask<talk_credit>(services.ledger, find_credit{"o1"});
  EXPECT_EQ(left->reserved_seconds, 300);
  EXPECT_EQ(left->credit_seconds, 3300);
  leg->hang_up();
  advance(1s);
  left = ask<talk_credit>(services.ledger, find_credit{"o1"});
  EXPECT_EQ(left->reserved_seconds, 0);
}

// -- the store is away
// ---------------------------------------------------------

TEST_F(Call, KeepsItsLogWhileTheStoreIsAway) {
  ring();
  advance(1s);
  db->fault = test::store_is_down;
  advance(5s);
  exchange("I want tea");
  auto before = db->events.size();
  db->fault = nullptr;
  advance(2s);
  EXPECT_GT(db->events.size(), before);
  leg->hang_up();
  advance(1s);
  expect_over(end_reason::caller_hung_up);
  EXPECT_EQ(events("user-turn"), 1u);
}

TEST_F(Call, StoresItsEndThoughTheStoreIsAwayForAMoment) {
  ring_and_greet();
  db->fault = test::store_is_down;
  leg->hang_up();
  advance(2500ms);
  db->fault = nullptr;
  advance(2s);
  expect_over(end_reason::caller_hung_up);
}

TEST_F(Call, DoesNotWaitForTheStoreForEver) {
  ring_and_greet();
  db->fault = test::store_is_down;
  leg->hang_up();
  advance(services.limits.answer_due + 1s);
  EXPECT_EQ(alive(), 3u);
  EXPECT_EQ(ended, std::vector{end_reason::caller_hung_up});
}

// -- how it looks from outside
// -------------------------------------------------

TEST_F(Call, TellsHowItIsDoing) {
  ring_and_greet();
  auto x = status();
  EXPECT_EQ(x.call_id, "CA1");
  EXPECT_EQ(x.agent_name, "Test");
  EXPECT_EQ(x.turn, 1u);
  std::vector<std::string> names;
  for (auto& actor : x.actors)
    names.push_back(actor.name);
  EXPECT_EQ(names, (std::vector<std::string>{"call", "stt", "turn-taker", "llm",
                                             "tts", "stream", "billing-ticker",
                                             "ghost-timeout", "deadline"}));
  EXPECT_EQ(x.actors[0].doing, "live");
  for (auto& actor : x.actors) {
    EXPECT_EQ(actor.restarts, 0u);
    EXPECT_LE(actor.mailbox, 1u) << actor.name;
  }
  EXPECT_GT(x.actors[5].handled, 40u) << "a batch of audio every 100 ms";
  kill("llm");
  advance(1s);
  EXPECT_EQ(status().actors[3].restarts, 1u);
  EXPECT_EQ(events("drill"), 1u);
}

TEST_F(Call, KillsNoChildThatItDoesNotHave) {
  ring_and_greet();
  auto answer = ask<caf::ok_atom>(subject, kill_child{"nobody"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), errc::unknown_child);
}

TEST_F(Call, TakesItsSlotAgainFromAFreshRegistry) {
  ring_and_greet();
  // The engine hands messages to whoever holds the office; here it is one that
  // loses all memory.
  caf::anon_send_exit(services.registry, caf::exit_reason::kill);
  advance(3s);
  EXPECT_EQ(status().actors[0].doing, "live") << "no reason to hang up";
}

} // namespace

} // namespace velox::actors
