#include "actors/conversation.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

/// "user: Hello | assistant: Hi there! (cut)"
std::string told(const std::vector<chat_message>& history) {
  std::string result;
  for (auto& x : history)
    result += (result.empty() ? "" : " | ") + x.role + ": " + x.text
              + (x.interrupted ? " (cut)" : "");
  return result;
}

std::string told(const std::vector<sentence>& lines) {
  std::string result;
  for (auto& x : lines)
    result += std::to_string(x.turn) + "." + std::to_string(x.index) + " "
              + x.text + "|";
  return result;
}

class Conversation : public testing::Test {
protected:
  /// The model answers the open turn in these sentences.
  void answer(const std::vector<std::string>& lines, bool complete = true,
              next_step then = next_step::listen) {
    auto turn = talk.turn();
    for (auto& line : lines)
      talk.planned({turn, talk.ledger().sentences(turn), line});
    if (complete) {
      EXPECT_TRUE(talk.answered({turn, then, "", "m" + std::to_string(turn)}));
    }
  }

  void hear_all() {
    talk.ledger().finished(talk.turn());
    talk.current().over = true;
  }

  /// The caller hears `words` characters of sentence `index`.
  void cut(uint32_t index, int64_t heard, int64_t total) {
    talk.ledger().cut({talk.turn(), index, heard, heard, total});
    talk.current().over = true;
  }

  conversation talk;
};

TEST_F(Conversation, BeginsWithAnEmptyHistory) {
  auto x = talk.ask_model(1);
  EXPECT_EQ(x.turn, 1u);
  EXPECT_TRUE(x.history.empty());
  EXPECT_EQ(x.said_so_far, "");
  EXPECT_EQ(x.first_sentence, 0u);
}

TEST_F(Conversation, TellsTheModelWhatWasHeard) {
  talk.ask_model(1);
  answer({"Hello.", "How are you?"});
  hear_all();
  talk.user_said("Fine");
  auto x = talk.ask_model(0.7);
  EXPECT_EQ(x.turn, 2u);
  EXPECT_EQ(told(x.history), "assistant: Hello. How are you? | user: Fine");
  EXPECT_EQ(x.confidence, 0.7);
  EXPECT_EQ(x.memory, "m1");
}

TEST_F(Conversation, EndsAnInterruptedAnswerAtTheLastHeardWord) {
  talk.ask_model(1);
  answer({"Hello.", "one two three four"});
  cut(1, 800, 1800);
  talk.user_said("Stop");
  EXPECT_EQ(told(talk.ask_model(1).history),
            "assistant: Hello. one two (cut) | user: Stop");
}

TEST_F(Conversation, JoinsWhatTheCallerSaidInPieces) {
  talk.user_said("I want");
  talk.ask_model(1);
  answer({"What?"});
  cut(0, 0, 500); // they went on before the answer was heard
  talk.user_said("some tea");
  EXPECT_EQ(told(talk.history()), "user: I want some tea");
  auto last = talk.last_user_message();
  EXPECT_EQ(last.turn, 2u);
  EXPECT_EQ(last.text, "some tea");
}

TEST_F(Conversation, JoinsWhatWasNotAnsweredAtAll) {
  talk.user_said("a");
  talk.user_said("b");
  EXPECT_EQ(told(talk.history()), "user: a b");
  EXPECT_EQ(talk.last_user_message().text, "a b");
  EXPECT_EQ(talk.last_user_message().turn, 1u);
}

TEST_F(Conversation, SaysItsOwnLines) {
  EXPECT_EQ(told(talk.say({"Are you", "there?"})), "1.0 Are you|1.1 there?|");
  EXPECT_FALSE(talk.ask_again()) << "no model makes it";
  EXPECT_FALSE(talk.answered({1, next_step::hang_up, "", ""}));
  hear_all();
  EXPECT_EQ(told(talk.history()), "assistant: Are you there?");
}

TEST_F(Conversation, IgnoresSentencesAndEndsOfOtherTurns) {
  talk.ask_model(1);
  talk.planned({7, 0, "Not mine."});
  EXPECT_EQ(talk.ledger().sentences(1), 0u);
  EXPECT_FALSE(talk.answered({7, next_step::hang_up, "", "no"}));
  EXPECT_EQ(talk.memory(), "");
  EXPECT_TRUE(talk.answered({1, next_step::hang_up, "", "yes"}));
  EXPECT_FALSE(talk.answered({1, next_step::listen, "", "no"})) << "once";
  EXPECT_EQ(talk.memory(), "yes");
  EXPECT_EQ(talk.current().then, next_step::hang_up);
}

TEST_F(Conversation, ResumesFromTheFirstUnheardWord) {
  talk.ask_model(1);
  answer({"Hello.", "one two three four", "Bye."}, true, next_step::hang_up);
  cut(1, 800, 1800);
  auto more = talk.resume(1);
  ASSERT_TRUE(more);
  EXPECT_EQ(told(more->lines), "2.0 three four|2.1 Bye.|");
  EXPECT_FALSE(more->rest);
  EXPECT_EQ(talk.current().then, next_step::hang_up);
  hear_all();
  EXPECT_EQ(told(talk.history()), "assistant: Hello. one two three four Bye.");
}

TEST_F(Conversation, ResumesAnAnswerThatIsStillBeingMade) {
  talk.user_said("Tell me");
  talk.ask_model(0.6);
  answer({"Hello.", "one two"}, false);
  cut(0, 1000, 1000);
  auto more = talk.resume(1);
  ASSERT_TRUE(more);
  EXPECT_EQ(told(more->lines), "2.0 one two|");
  ASSERT_TRUE(more->rest);
  EXPECT_EQ(more->rest->turn, 2u);
  EXPECT_EQ(more->rest->said_so_far, "Hello. one two");
  EXPECT_EQ(more->rest->first_sentence, 1u);
  EXPECT_EQ(more->rest->confidence, 0.6);
  EXPECT_EQ(told(more->rest->history), "user: Tell me");
  // And once more.
  answer({"three"}, false);
  cut(0, 1000, 1000);
  more = talk.resume(2);
  ASSERT_TRUE(more && more->rest);
  EXPECT_EQ(told(more->lines), "3.0 three|");
  EXPECT_EQ(more->rest->said_so_far, "Hello. one two three");
}

TEST_F(Conversation, ResumesNothingThatWasHeardOut) {
  talk.ask_model(1);
  answer({"Hello."});
  cut(0, 1000, 1000);
  auto more = talk.resume(1);
  ASSERT_TRUE(more);
  EXPECT_TRUE(more->lines.empty());
  EXPECT_FALSE(more->rest);
  EXPECT_EQ(talk.turn(), 1u) << "no turn was opened";
}

TEST_F(Conversation, ResumesNoOlderTurnAndNoneThatIsStillOpen) {
  talk.ask_model(1);
  answer({"Hello."});
  EXPECT_FALSE(talk.resume(1)) << "its cut is not known yet";
  cut(0, 0, 1000);
  talk.say({"Sorry?"});
  EXPECT_FALSE(talk.resume(1));
}

TEST_F(Conversation, AsksAFreshModelToGoOn) {
  talk.user_said("Hi");
  talk.ask_model(1);
  answer({"Hello.", "How"}, false);
  auto again = talk.ask_again();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->turn, 1u);
  EXPECT_EQ(told(again->history), "user: Hi");
  EXPECT_EQ(again->said_so_far, "Hello. How");
  EXPECT_EQ(again->first_sentence, 2u);
  answer({});
  EXPECT_FALSE(talk.ask_again()) << "it has no more to say";
}

TEST_F(Conversation, DoesNotAskAgainForWhatWasCutOff) {
  talk.ask_model(1);
  answer({"Hello."}, false);
  cut(0, 0, 0);
  EXPECT_FALSE(talk.ask_again());
}

TEST_F(Conversation, GoesOnWhereAnotherProcessStopped) {
  message_record greeting{"CA1", 1, "assistant", "Hello there. Bye.", {}, 1};
  greeting.heard = {"Hello", "there.", "Bye."};
  message_record user{"CA1", 2, "user", "Hi", {"Hi", "", ""}, 2};
  talk.restore({greeting, user}, "m");
  EXPECT_EQ(talk.turn(), 2u);
  EXPECT_EQ(talk.memory(), "m");
  EXPECT_EQ(told(talk.history()), "assistant: Hello (cut) | user: Hi");
  EXPECT_EQ(talk.ask_model(1).turn, 3u);
  EXPECT_TRUE(talk.ledger().closed(1));
}

TEST_F(Conversation, RecordsMessagesForTheStore) {
  talk.user_said("Hi");
  talk.ask_model(1);
  answer({"one two three four"});
  cut(0, 800, 1800);
  auto user = talk.last_user_message();
  EXPECT_EQ(user.role, "user");
  EXPECT_EQ(user.turn, 1u);
  EXPECT_EQ(user.heard.heard, "Hi");
  auto agent = talk.agent_message(1);
  EXPECT_EQ(agent.role, "assistant");
  EXPECT_EQ(agent.text, "one two three four");
  EXPECT_EQ(agent.heard.heard, "one two");
  EXPECT_EQ(agent.heard.unsent, "three four");
}

TEST_F(Conversation, HasNoUserMessageBeforeTheFirst) {
  talk.ask_model(1);
  EXPECT_EQ(talk.last_user_message().text, "");
}

} // namespace

} // namespace velox::actors
