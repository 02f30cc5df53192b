#include "actors/machine_screen.hpp"

#include <gtest/gtest.h>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;
using action = machine_screen::action;
using stage = machine_screen::stage;

const machine_screen::time_point start{};

machine_screen begun(voicemail policy) {
  machine_screen x{policy};
  x.begin(start);
  return x;
}

constexpr auto greeting = "You have reached Ann. Please leave a message after "
                          "the tone.";

TEST(MachineScreen, AnswersAPersonWhoSpeaksFirst) {
  auto x = begun(voicemail::hang_up);
  EXPECT_EQ(x.on_words("Hello?", start + 1s), action::answer);
  EXPECT_EQ(x.now_in(), stage::person);
  EXPECT_FALSE(x.next_look());
  EXPECT_EQ(x.on_words("who is this", start + 9s), action::answer);
}

TEST(MachineScreen, GreetsAPersonWhoWaits) {
  auto x = begun(voicemail::hang_up);
  ASSERT_EQ(x.next_look(), start + 3s);
  EXPECT_EQ(x.on_time(start + 2s), action::none);
  EXPECT_EQ(x.on_time(start + 3s), action::greet);
  EXPECT_EQ(x.on({answerer::human}, start + 4s), action::none) << "too late";
}

TEST(MachineScreen, GreetsAtOnceWhenTheCarrierKnowsThePerson) {
  auto x = begun(voicemail::hang_up);
  EXPECT_EQ(x.on({answerer::unknown}, start + 1s), action::none);
  EXPECT_EQ(x.on({answerer::human}, start + 2s), action::greet);
}

TEST(MachineScreen, HangsUpOnAMachineHoweverItIsRecognised) {
  auto by_words = begun(voicemail::hang_up);
  EXPECT_EQ(by_words.on_words(greeting, start + 4s), action::hang_up);
  auto by_carrier = begun(voicemail::hang_up);
  EXPECT_EQ(by_carrier.on({answerer::machine}, start + 2s), action::hang_up);
  auto by_beep = begun(voicemail::hang_up);
  EXPECT_EQ(by_beep.on(tone_heard{line_tone::beep}, start + 2s),
            action::hang_up);
  auto late = begun(voicemail::hang_up);
  EXPECT_EQ(late.on_time(start + 3s), action::greet);
  EXPECT_EQ(late.on({answerer::machine}, start + 6s), action::hang_up)
    << "we are talking to it already";
  EXPECT_EQ(late.on_words("hello", start + 8s), action::answer)
    << "nothing is decided twice";
}

TEST(MachineScreen, HangsUpOnAFax) {
  for (auto policy :
       {voicemail::hang_up, voicemail::leave_message, voicemail::go_on}) {
    auto by_tone = begun(policy);
    EXPECT_EQ(by_tone.on(tone_heard{line_tone::fax}, start + 1s),
              action::hang_up);
    auto by_carrier = begun(policy);
    EXPECT_EQ(by_carrier.on({answerer::fax}, start + 1s), action::hang_up);
  }
}

TEST(MachineScreen, LeavesAMessageBehindTheBeep) {
  auto x = begun(voicemail::leave_message);
  EXPECT_EQ(x.on({answerer::machine}, start + 2s), action::fall_silent);
  EXPECT_EQ(x.on_words(greeting, start + 8s), action::none);
  EXPECT_EQ(x.on(tone_heard{line_tone::beep}, start + 9s),
            action::leave_message);
  x.message_left();
  EXPECT_EQ(x.now_in(), stage::finished);
}

TEST(MachineScreen, LeavesAMessageWhenTheCarrierSaysSo) {
  auto x = begun(voicemail::leave_message);
  EXPECT_EQ(x.on({answerer::machine_ready}, start + 9s), action::leave_message);
  EXPECT_EQ(x.on({answerer::machine_ready}, start + 10s), action::none);
}

TEST(MachineScreen, WaitsForAMachineWithoutABeepToFallSilent) {
  auto x = begun(voicemail::leave_message);
  EXPECT_EQ(x.on_words(greeting, start + 5s), action::fall_silent);
  ASSERT_EQ(x.next_look(), start + 9s);
  EXPECT_EQ(x.on_words("or press one for more", start + 8s), action::none);
  ASSERT_EQ(x.next_look(), start + 12s) << "it went on talking";
  EXPECT_EQ(x.on_time(start + 12s), action::leave_message);
}

TEST(MachineScreen, DoesNotWaitForAMachineThatTalksForEver) {
  auto x = begun(voicemail::leave_message);
  EXPECT_EQ(x.on_words(greeting, start + 5s), action::fall_silent);
  auto now = start + 5s;
  auto said = action::none;
  while (said == action::none && now < start + 2min) {
    now += 2s;
    x.on_words("and another thing", now);
    said = x.on_time(now);
  }
  EXPECT_EQ(said, action::leave_message);
  EXPECT_LE(now, start + 5s + machine_screen::longest_greeting + 2s);
}

TEST(MachineScreen, SaysTheMessageAgainWhenTheBeepCameLate) {
  auto x = begun(voicemail::leave_message);
  x.on_words(greeting, start + 5s);
  EXPECT_EQ(x.on_time(start + 9s), action::leave_message);
  EXPECT_EQ(x.on(tone_heard{line_tone::beep}, start + 11s),
            action::leave_message);
  EXPECT_EQ(x.on(tone_heard{line_tone::beep}, start + 13s), action::none)
    << "but not for ever";
}

TEST(MachineScreen, TalksToAMachineWhereTheAgentWantsIt) {
  auto x = begun(voicemail::go_on);
  EXPECT_EQ(x.on_words(greeting, start + 5s), action::answer);
  auto y = begun(voicemail::go_on);
  EXPECT_EQ(y.on({answerer::machine}, start + 1s), action::greet);
}

TEST(MachineScreen, MakesNoMachineOfAPersonAfterALongTalk) {
  auto x = begun(voicemail::hang_up);
  x.on_words("Hello?", start + 1s);
  EXPECT_EQ(x.on_words("can I leave a message for her", start + 2min),
            action::answer);
  EXPECT_EQ(x.on({answerer::machine}, start + 2min), action::none);
  EXPECT_EQ(x.on(tone_heard{line_tone::beep}, start + 2min), action::none);
}

TEST(MachineScreen, KnowsHowMachinesTalk) {
  for (auto text :
       {greeting, "Hi, this is Bob, I can't come to the phone right now",
        "Your call has been forwarded to an automatic voice message system",
        "The mailbox is full", "Deje su mensaje", "Hinterlassen Sie bitte"})
    EXPECT_TRUE(sounds_like_machine(text)) << text;
  for (auto text : {"Hello?", "Bob speaking", "he is not available", "", "yes",
                    "please state your name and the reason for your call"})
    EXPECT_FALSE(sounds_like_machine(text)) << text;
}

} // namespace

} // namespace velox::actors
