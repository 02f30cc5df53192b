#include "persistence/open_database.hpp"
#include "tests/integration/engine_fixture.hpp"
#include "tests/support/postgres_server.hpp"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>
#include <thread>

/// The real program on a PostgreSQL server of its own.

namespace velox::test {

namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class PostgresEngine : public engine_test {
protected:
  postgres_server server;

  PostgresEngine() {
    server.start();
    // The server asks for no password; nobody may repeat it all the same.
    auto address = server.url();
    address.insert(address.find('@'), ":hunter2");
    environment["DATABASE_URL"] = address;
  }

  /// The first column of the first row.
  std::string ask(const std::string& sql) const {
    auto db = persistence::open_database({.url = server.url()});
    auto found = db->query(sql);
    return found.next() ? found.text(0) : "nothing";
  }

  std::string log() const {
    std::ostringstream text;
    text << std::ifstream{dir / "engine.log"}.rdbuf();
    return text.str();
  }
};

TEST_F(PostgresEngine, IsMigratedByHand) {
  auto migrate = [this](std::vector<std::string> more) {
    std::vector<std::string> argv{VELOX_BINARY_DIR "/velox", "migrate",
                                  "--data-dir", dir.string()};
    argv.insert(argv.end(), more.begin(), more.end());
    return run(isolated(argv));
  };
  auto status = migrate({"--status"});
  EXPECT_EQ(status.exit_code, 0);
  EXPECT_THAT(status.out, AllOf(HasSubstr("PostgreSQL"), HasSubstr("pending"),
                                Not(HasSubstr("hunter2"))));
  EXPECT_THAT(migrate({}).out,
              AllOf(HasSubstr(" 0 pending"), Not(HasSubstr(" 0 applied now"))));
  EXPECT_THAT(migrate({}).out, HasSubstr(" 0 applied now, 0 pending"));
}

TEST_F(PostgresEngine, HoldsACallWhileItsServerIsKilledAndComesBack) {
  start();
  EXPECT_THAT(get("/readyz"), HasSubstr("PostgreSQL answers."));
  child_process phone{
    tool({"call", "--json", "--to", "+15550100", "--say",
          "what are your opening hours", "--say", "thank you goodbye"})};
  auto answered = false;
  while (auto line = phone.line(seconds{20}))
    if (line->find("agent-audio-started") != std::string::npos) {
      answered = true;
      break;
    }
  ASSERT_TRUE(answered);
  server.kill();
  std::this_thread::sleep_for(seconds{3});
  EXPECT_THAT(get("/readyz"), HasSubstr("PostgreSQL does not answer."));
  server.start();
  EXPECT_EQ(phone.wait(seconds{90}), 0);
  EXPECT_EQ(ask("SELECT status FROM conversations"), "COMPLETED");
  EXPECT_EQ(ask("SELECT MAX(sequence) - COUNT(*) FROM call_events"), "0");
  EXPECT_EQ(ask("SELECT COUNT(*) FROM messages WHERE role = 'user'"), "2");
  EXPECT_THAT(get("/readyz"), HasSubstr("PostgreSQL answers."));
  engine->signal(SIGTERM);
  EXPECT_EQ(engine->wait(seconds{40}), 0);
  EXPECT_FALSE(std::filesystem::exists(dir / "velox.db"));
  EXPECT_THAT(log(), Not(HasSubstr("hunter2")));
}

TEST_F(PostgresEngine, LeavesTheCallsOfOtherEnginesAlone) {
  start();
  child_process phone{
    tool({"call", "--json", "--to", "+15550100", "--say",
          "what are your opening hours", "--duration", "60"})};
  while (ask("SELECT COUNT(*) FROM messages") == "0")
    ASSERT_FALSE(phone.wait(std::chrono::milliseconds{100}));
  auto first = std::move(engine);
  auto mine = dir;
  dir = mine / "second";
  std::filesystem::create_directory(dir);
  start();
  dir = mine;
  EXPECT_EQ(ask("SELECT status FROM conversations"), "ACTIVE");
  // Both are killed: the next one finds itself alone and explains the call.
  engine->signal(SIGKILL);
  engine->wait(seconds{5});
  first->signal(SIGKILL);
  first->wait(seconds{5});
  start();
  EXPECT_EQ(ask("SELECT ended_because FROM conversations"), "engine-crashed");
}

} // namespace

} // namespace velox::test
