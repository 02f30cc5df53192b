#include "tests/integration/engine_fixture.hpp"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

/// How the real program starts, stops, crashes and refuses.

namespace velox::test {

namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string program = VELOX_BINARY_DIR "/velox";

class Lifecycle : public engine_test {
protected:
  /// A call in which the agent is giving its first answer; it lasts until the
  /// caller hangs up.
  std::unique_ptr<child_process> answered_call(const std::string& duration) {
    auto phone = std::make_unique<child_process>(
      tool({"call", "--json", "--to", "+15550100", "--say",
            "what are your opening hours", "--duration", duration}));
    int answers = 0; // the greeting, then the opening hours
    while (auto line = phone->line(seconds{20}))
      if (line->find("agent-audio-started") != std::string::npos
          && ++answers == 2)
        return phone;
    ADD_FAILURE() << "the call was not answered";
    return phone;
  }

  /// Waits until the answer of `sql` contains `text`.
  void wait_until_stored(const std::string& sql, const std::string& text) {
    for (int i = 0; i < 100 && query(sql).find(text) == std::string::npos; ++i)
      EXPECT_FALSE(engine->wait(std::chrono::milliseconds{50}));
  }

  std::string log() const {
    std::ostringstream text;
    text << std::ifstream{dir / "engine.log"}.rdbuf();
    return text.str();
  }
};

TEST_F(Lifecycle, LetsCallsFinishWhenStopped) {
  start();
  auto phone = answered_call("60");
  engine->signal(SIGTERM);
  // No new call meanwhile: the caller hears "busy" from the carrier.
  auto refused = call({"--to", "+15550100", "--say", "hello"});
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_EQ(phone->wait(seconds{60}), 0);
  EXPECT_EQ(engine->wait(seconds{40}), 0);
  EXPECT_THAT(
    log(), AllOf(Not(HasSubstr("still open")), Not(HasSubstr("still alive"))));
  EXPECT_THAT(query("SELECT status, ended_because FROM conversations"),
              HasSubstr("COMPLETED|"));
}

TEST_F(Lifecycle, SaysGoodbyeAtTheDrainLimit) {
  start("calls:\n  drain_limit: 1s\n");
  auto phone = answered_call("60");
  engine->signal(SIGTERM);
  EXPECT_EQ(engine->wait(seconds{30}), 0);
  EXPECT_EQ(query("SELECT status, ended_because FROM conversations"),
            "FAILED|engine-stopped\n");
  EXPECT_THAT(query("SELECT kind FROM call_events ORDER BY sequence"),
              HasSubstr("ended"));
  EXPECT_THAT(query("SELECT text FROM messages"), HasSubstr("end the call"));
}

TEST_F(Lifecycle, ExplainsWhatAKillCutOff) {
  start();
  auto phone = answered_call("60");
  // The call log is at most one batch (50 ms) behind what happened.
  wait_until_stored("SELECT text FROM messages WHERE role = 'user'",
                    "opening hours");
  engine->signal(SIGKILL);
  EXPECT_EQ(engine->wait(seconds{10}), 128 + SIGKILL);
  EXPECT_THAT(query("SELECT status FROM conversations"), "ACTIVE\n");
  start();
  EXPECT_EQ(query("SELECT status, ended_because FROM conversations"),
            "FAILED|engine-crashed\n");
  EXPECT_THAT(query("SELECT explanation FROM conversations"), Not("\n"));
  EXPECT_THAT(query("SELECT text FROM messages WHERE role = 'user'"),
              HasSubstr("opening hours"));
  EXPECT_THAT(log(), HasSubstr("cut off"));
  auto again = call({"--to", "+15550100", "--say", "goodbye"});
  EXPECT_EQ(again.exit_code, 0);
}

TEST_F(Lifecycle, GivesUpOnACallerWhoVanishes) {
  start("calls:\n  ghost_timeout: 2s\n");
  auto phone = answered_call("60");
  phone->signal(SIGSTOP); // the line is dead, the socket is not
  std::string ended;
  for (int i = 0; i < 100 && ended.find("caller-gone") == std::string::npos;
       ++i) {
    EXPECT_FALSE(engine->wait(std::chrono::milliseconds{100}));
    ended = query("SELECT ended_because FROM conversations");
  }
  EXPECT_EQ(ended, "caller-gone\n");
  phone->signal(SIGKILL);
  phone->wait(seconds{5});
  expect_nothing_left();
}

TEST_F(Lifecycle, NoticesALostSocket) {
  start();
  auto phone = answered_call("60");
  phone->signal(SIGKILL); // no stop, no close frame
  phone->wait(seconds{5});
  expect_nothing_left();
  EXPECT_EQ(query("SELECT status, ended_because FROM conversations"),
            "ABANDONED|wire-lost\n");
}

TEST_F(Lifecycle, EndsACallAtItsDeadline) {
  start("calls:\n  max_duration: 6s\n");
  auto phone
    = call({"--to", "+15550100", "--say", "what are your opening hours",
            "--say", "where are you located", "--duration", "60"});
  EXPECT_EQ(query("SELECT status, ended_because FROM conversations"),
            "COMPLETED|deadline-reached\n");
  expect_nothing_left();
}

TEST_F(Lifecycle, DoesNotAnswerForAnUnknownNumber) {
  start();
  auto phone = call({"--to", "+15550177", "--say", "hello"});
  EXPECT_EQ(phone.exit_code, 1);
  EXPECT_EQ(query("SELECT count(*) FROM conversations"), "0\n");
}

TEST_F(Lifecycle, RefusesAWrongSignature) {
  start();
  auto phone = call({"--to", "+15550100", "--say", "hello", "--auth-token",
                     "00000000000000000000000000000000"});
  EXPECT_EQ(phone.exit_code, 3);
  EXPECT_THAT(log(), Not(HasSubstr("+1555")));
}

TEST_F(Lifecycle, AdmitsNoMoreCallsThanItsLimit) {
  start("calls:\n  max_live: 1\n");
  auto phone = answered_call("20");
  EXPECT_EQ(call({"--to", "+15550100", "--say", "hello"}).exit_code, 3);
  phone->signal(SIGKILL);
  phone->wait(seconds{5});
  expect_nothing_left();
  EXPECT_EQ(call({"--to", "+15550100", "--say", "goodbye"}).exit_code, 0);
}

TEST_F(Lifecycle, EndsACallForAnOperator) {
  start();
  auto phone = answered_call("60");
  auto live = ctl({"calls", "--json"}).out;
  auto begin = live.find("CA");
  auto id = live.substr(begin, 34);
  EXPECT_EQ(ctl({"end", id}).exit_code, 0);
  EXPECT_TRUE(phone->wait(seconds{20}));
  EXPECT_EQ(query("SELECT status, ended_because FROM conversations"),
            "COMPLETED|ended-by-operator\n");
  EXPECT_NE(ctl({"end", id}).exit_code, 0);
  EXPECT_NE(ctl({"calls", "--admin-key", "wrong"}).exit_code, 0);
}

TEST_F(Lifecycle, ListsItsVendors) {
  start();
  auto shown = ctl({"providers"});
  EXPECT_EQ(shown.exit_code, 0);
  for (auto vendor : {"deepgram", "openai", "gemini", "elevenlabs"})
    EXPECT_THAT(shown.out, HasSubstr(vendor));
  EXPECT_THAT(shown.out, HasSubstr("closed"));
  EXPECT_THAT(ctl({"providers", "--json"}).out,
              HasSubstr(R"("in_use":0,"limit":)"));
  EXPECT_EQ(ctl({"providers", "--admin-key", "wrong"}).exit_code, 3);
}

TEST_F(Lifecycle, IsHealthyAndCounts) {
  start();
  EXPECT_THAT(get("/healthz"), HasSubstr("alive"));
  EXPECT_EQ(get("/health"), get("/healthz"));
  EXPECT_THAT(get("/readyz"), HasSubstr("ready"));
  call({"--to", "+15550100", "--say", "goodbye"});
  EXPECT_THAT(get("/metrics"),
              AllOf(HasSubstr("velox_calls_ended_total{reason=\"agent-hung-"
                              "up\"} 1"),
                    HasSubstr("velox_answer_seconds_count 1"),
                    HasSubstr("velox_media_frames_in_total")));
}

TEST_F(Lifecycle, NamesWhatIsWrongWithItsConfig) {
  auto file = (dir / "bad.yaml").string();
  std::ofstream{file} << "server:\n  port: 99999\ncalls:\n  max_lives: 3\n";
  auto errors = (dir / "errors").string();
  child_process serve{
    {program, "serve", "--config", file, "--data-dir", dir.string()}, errors};
  EXPECT_EQ(serve.wait(seconds{10}), 2);
  std::ostringstream text;
  text << std::ifstream{errors}.rdbuf();
  EXPECT_THAT(text.str(), AllOf(HasSubstr("server.port"), HasSubstr(":2:"),
                                HasSubstr("max_lives"), HasSubstr(":4:")));
}

TEST_F(Lifecycle, SharesItsDataWithNoOtherEngine) {
  start();
  auto errors = (dir / "errors").string();
  child_process second{
    {program, "serve", "--data-dir", dir.string(), "--port", "0"}, errors};
  EXPECT_EQ(second.wait(seconds{10}), 1);
  std::ostringstream text;
  text << std::ifstream{errors}.rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("another engine uses the data directory"));
}

} // namespace

} // namespace velox::test
