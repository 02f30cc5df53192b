#include "adapters/speech/offline.hpp"
#include "adapters/speech/wav.hpp"
#include "tests/integration/engine_fixture.hpp"

#include <gmock/gmock.h>

/// Spoken calls through the real program: real sockets, real actors, real
/// recognition and synthesis. Real time, so few.

namespace velox::test {

namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Conversation : public engine_test {};

TEST_F(Conversation, TakesAnAppointmentAndSaysGoodbye) {
  start();
  auto wav = (dir / "call.wav").string();
  auto phone = call({"--to", "+15550100", "--save", wav, "--say",
                     "hello what are your opening hours", "--say",
                     "i would like to make an appointment", "--say",
                     "my name is mary smith", "--say", "next tuesday", "--say",
                     "at two thirty in the afternoon", "--say",
                     "yes that is right", "--say", "no thank you goodbye"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_THAT(phone.said_by("caller"),
              AllOf(HasSubstr("opening hours"), HasSubstr("appointment"),
                    HasSubstr("tuesday"), HasSubstr("two thirty"),
                    HasSubstr("goodbye")));
  EXPECT_THAT(phone.said_by("agent"),
              AllOf(HasSubstr("Riverside Clinic"),
                    HasSubstr("We are open Monday to Friday"),
                    HasSubstr("Tuesday"), HasSubstr("two thirty"),
                    HasSubstr("you are booked")));
  EXPECT_EQ(phone.of("engine-ended").at(0).at("reason"), "agent-hung-up");
  // What was stored is what was said, all of it heard.
  EXPECT_EQ(query("SELECT status, ended_because FROM conversations"),
            "COMPLETED|agent-hung-up\n");
  EXPECT_EQ(query("SELECT count(*) FROM messages WHERE role = 'assistant' "
                  "AND heard <> text"),
            "0\n");
  EXPECT_THAT(query("SELECT text FROM messages WHERE role = 'user'"),
              HasSubstr("appointment"));
  // The recording says so, too: the agent's side is understood when heard by
  // somebody who only knows the sound.
  auto audio = speech::read_wav(wav);
  EXPECT_GT(audio.size(), 8000u * 20);
  expect_nothing_left();
}

TEST_F(Conversation, IsInterruptedAndGoesOnFromWhatWasHeard) {
  start();
  auto phone = call({"--to", "+15550100", "--say",
                     "what are your opening hours", "--barge-in-at", "2",
                     "--say", "where are you located", "--say", "goodbye"});
  EXPECT_EQ(phone.exit_code, 0);
  ASSERT_EQ(phone.of("clear").size(), 1u);
  ASSERT_EQ(phone.of("interrupted").size(), 1u);
  auto cut = phone.of("interrupted").at(0);
  EXPECT_THAT(cut.at("heard"), HasSubstr("We are open"));
  EXPECT_THAT(cut.at("unsent") + cut.at("sent"), HasSubstr("noon"));
  EXPECT_THAT(phone.said_by("agent"), HasSubstr("River Street"));
  EXPECT_EQ(query("SELECT heard FROM messages WHERE role = 'assistant' AND "
                  "unsent <> ''"),
            cut.at("heard") + "\n");
  expect_nothing_left();
}

TEST_F(Conversation, SurvivesTheDeathOfEveryChild) {
  start("calls:\n  restart_limit: 20\n");
  auto argv = tool({"call", "--json", "--to", "+15550100", "--say",
                    "what are your opening hours", "--say",
                    "where are you located", "--say", "goodbye"});
  child_process phone{argv};
  std::string output;
  // The last first. Pauses grow with every restart, and who is down for two
  // seconds may miss a word; so those who listen die early.
  std::vector<std::string> victims{
    "ghost-timeout", "deadline", "turn-taker", "llm",
    "tts",           "stt",      "stream",     "billing-ticker"};
  const auto all = victims.size();
  std::string call_id;
  while (auto line = phone.line(std::chrono::seconds{60})) {
    output += *line + "\n";
    auto report = parse_report(0, *line + "\n").lines.at(0);
    if (report.at("event") == "call-started")
      call_id = report.at("call_id");
    // One death in every state: while the agent speaks, and once it is silent.
    auto moment = report.at("event") == "agent-audio-started"
                  || report.at("event") == "agent-audio-ended";
    if (!moment || victims.empty())
      continue;
    for (auto deaths = victims.size() == all ? 2 : 1; deaths > 0; --deaths) {
      EXPECT_EQ(ctl({"kill", call_id, victims.back()}).exit_code, 0)
        << victims.back();
      victims.pop_back();
    }
  }
  EXPECT_TRUE(victims.empty());
  auto exit_code = phone.wait(std::chrono::seconds{5});
  auto report = parse_report(exit_code.value_or(-1), output);
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_GE(report.of("child-restarted").size(), 4u) << output;
  EXPECT_THAT(report.said_by("agent"),
              AllOf(HasSubstr("We are open"), HasSubstr("River Street"),
                    HasSubstr("oodbye")))
    << output;
  EXPECT_EQ(report.of("engine-ended").at(0).at("reason"), "agent-hung-up");
  expect_nothing_left();
}

TEST_F(Conversation, EndsPolitelyWhenAChildKeepsDying) {
  start("calls:\n  restart_limit: 2\n");
  child_process phone{
    tool({"call", "--json", "--to", "+15550100", "--say",
          "what are your opening hours", "--duration", "30"})};
  std::string output;
  std::string call_id;
  int kills = 0;
  while (auto line = phone.line(std::chrono::seconds{60})) {
    output += *line + "\n";
    auto report = parse_report(0, *line + "\n").lines.at(0);
    if (report.at("event") == "call-started")
      call_id = report.at("call_id");
    auto again = report.at("event") == "agent-audio-ended"
                 || report.at("event") == "child-restarted";
    if (again && kills < 3 && ctl({"kill", call_id, "llm"}).exit_code == 0)
      ++kills;
  }
  EXPECT_EQ(kills, 3);
  EXPECT_THAT(query("SELECT status, ended_because FROM conversations"),
              "FAILED|too-many-restarts\n");
  EXPECT_THAT(query("SELECT explanation FROM conversations"), HasSubstr("llm"));
  auto report = parse_report(0, output);
  EXPECT_THAT(report.said_by("agent"), HasSubstr("something went wrong"));
  expect_nothing_left();
}

TEST_F(Conversation, HearsKeys) {
  start();
  auto phone = call({"--to", "+15550100", "--dtmf", "12#", "--duration", "12"});
  EXPECT_EQ(phone.exit_code, 0);
  EXPECT_THAT(phone.said_by("caller"), HasSubstr("one two"));
}

} // namespace

} // namespace velox::test
