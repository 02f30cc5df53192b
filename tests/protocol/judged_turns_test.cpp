#include "protocol/judged_turns.hpp"

#include "tests/protocol/stt_wire.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::test;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

using list = std::vector<std::string>;

class JudgedTurns : public testing::Test {
protected:
  list
  words(int64_t turn, std::string_view text, turn_hint hint = turn_hint::open) {
    turns.words(turn, text, hint, out);
    return take(out);
  }

  list over(int64_t turn, std::string_view text) {
    turns.over(turn, text, 0.9, out);
    return take(out);
  }

  list ended() {
    turns.ended(out);
    return take(out);
  }

  list give_up() {
    turns.give_up(out);
    return take(out);
  }

  judged_turns turns;
  recognised_list out;
};

} // namespace

TEST_F(JudgedTurns, HoldsAFinalBackWhileTheTurnIsOpen) {
  turns.began();
  EXPECT_THAT(words(0, "i need"), ElementsAre("~i need"));
  EXPECT_THAT(words(0, "i need"), IsEmpty()); // nothing new
  EXPECT_THAT(ended(), ElementsAre("~i need"));
  EXPECT_EQ(turns.due(), 1u);
  EXPECT_THAT(words(0, "i need help"), ElementsAre("~i need help"));
  EXPECT_THAT(over(0, "I need help."), ElementsAre("!I need help."));
  EXPECT_EQ(turns.due(), 0u);
  EXPECT_FALSE(turns.open());
}

TEST_F(JudgedTurns, SaysWhenATurnIsLikelyOverAndTakesItBack) {
  turns.began();
  EXPECT_THAT(words(0, "i think"), ElementsAre("~i think"));
  EXPECT_THAT(words(0, "i think", turn_hint::likely_over),
              ElementsAre("?i think"));
  EXPECT_THAT(words(0, "i think"), ElementsAre("~i think"));
}

TEST_F(JudgedTurns, OurOwnEarTakesNoLikelyEndBack) {
  turns.began();
  words(0, "tea please", turn_hint::likely_over);
  EXPECT_THAT(ended(), ElementsAre("?tea please"));
  EXPECT_EQ(turns.due(), 1u);
}

TEST_F(JudgedTurns, AVendorMayBeQuickerThanWe) {
  turns.began();
  words(0, "yes");
  EXPECT_THAT(over(0, "yes"), ElementsAre("!yes"));
  EXPECT_THAT(ended(), ElementsAre("="));
  EXPECT_EQ(turns.due(), 0u);
  // The next utterance owes its own.
  turns.began();
  EXPECT_THAT(ended(), IsEmpty());
  EXPECT_EQ(turns.due(), 1u);
  EXPECT_THAT(give_up(), ElementsAre("="));
}

TEST_F(JudgedTurns, PausesWithinATurnOweOneFinalEach) {
  turns.began();
  words(0, "my number");
  ended();
  turns.began();
  words(0, "my number is five");
  ended();
  EXPECT_EQ(turns.due(), 2u);
  EXPECT_THAT(over(0, "my number is five"),
              ElementsAre("=", "!my number is five"));
}

TEST_F(JudgedTurns, ReportsQuietSpeakers) {
  words(0, "hello");
  EXPECT_THAT(over(0, "hello"), ElementsAre("!hello"));
}

TEST_F(JudgedTurns, ReportsATurnOnce) {
  turns.began();
  words(0, "i need");
  EXPECT_THAT(over(0, "i need"), ElementsAre("!i need"));
  EXPECT_THAT(over(0, "I need."), IsEmpty()); // formatted
  EXPECT_THAT(words(0, "i need more"), IsEmpty());
  EXPECT_THAT(words(1, "next"), ElementsAre("~next"));
}

TEST_F(JudgedTurns, GivesUpWithWhatThereIsAndDoesNotRepeatIt) {
  turns.began();
  words(0, "call me");
  ended();
  EXPECT_THAT(give_up(), ElementsAre("=call me"));
  EXPECT_FALSE(turns.open());
  EXPECT_THAT(words(0, "call me"), IsEmpty());
  EXPECT_THAT(words(0, "call me back"), ElementsAre("~back"));
  EXPECT_THAT(over(0, "call me back"), ElementsAre("!back"));
  EXPECT_THAT(over(0, "call me back"), IsEmpty());
}

TEST_F(JudgedTurns, AnEmptyTextOpensNoTurn) {
  EXPECT_THAT(words(0, ""), IsEmpty());
  EXPECT_FALSE(turns.open());
  turns.opened(0);
  EXPECT_TRUE(turns.open());
  EXPECT_THAT(ended(), ElementsAre("~"));
  EXPECT_THAT(over(0, ""), ElementsAre("="));
}
