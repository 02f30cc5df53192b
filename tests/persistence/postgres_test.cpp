#include "persistence/postgres.hpp"

#include "persistence/database_session.hpp"
#include "persistence/engine_presence.hpp"
#include "persistence/postgres_error.hpp"
#include "protocol/errc.hpp"
#include "tests/persistence/records.hpp"

#include <arpa/inet.h>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace velox::persistence {

namespace {

using namespace std::chrono_literals;

TEST(PostgresError, MeansWhatItsClassMeans) {
  using enum failure;
  for (auto [state, expected] :
       {std::pair{"40001", busy}, {"40P01", busy},       {"55P03", busy},
        {"57014", busy},          {"23505", constraint}, {"23502", constraint},
        {"22P02", constraint},    {"22021", constraint}, {"54001", constraint},
        {"42601", misuse},        {"42P01", misuse},     {"42501", misuse},
        {"25P02", misuse},        {"25006", unusable},   {"0A000", unusable},
        {"08006", unusable},      {"57P01", unusable},   {"57P03", unusable},
        {"53100", unusable},      {"53300", unusable},   {"XX000", unusable},
        {"28P01", unusable},      {"3D000", unusable},   {"", unusable}})
    EXPECT_EQ(classify_sqlstate(state), expected) << state;
}

TEST(PostgresError, QuotesNoValue) {
  EXPECT_EQ(
    presentable("22P02", "invalid input syntax for type bigint: \"+4917\""),
    "postgresql: invalid input syntax for type bigint (SQLSTATE "
    "22P02)");
  EXPECT_EQ(presentable("22003", "value \"99\"9\" is out of range for bigint"),
            "postgresql: value \"...\" is out of range for bigint (SQLSTATE "
            "22003)");
  EXPECT_EQ(presentable("22021", "invalid byte sequence for \"UTF8\": 0xff"),
            "postgresql: invalid byte sequence for \"...\" (SQLSTATE 22021)");
  EXPECT_EQ(presentable("23505", "violates unique constraint \"users_pkey\""),
            "postgresql: violates unique constraint \"users_pkey\" (SQLSTATE "
            "23505)");
  EXPECT_EQ(presentable("22P02", "an odd \"one"),
            "postgresql: an odd \"...\" (SQLSTATE 22P02)");
}

/// A PostgreSQL database with tenants.
class Postgres : public ::testing::Test {
protected:
  test_database own{engine::postgres};
  std::unique_ptr<connection> db = own.open();

  Postgres() { add_tenants(*db); }

  std::unique_ptr<connection> hasty() const {
    auto options = own.options();
    options.patience = 20ms;
    options.statement_timeout = 200ms;
    return open_database(options);
  }

  /// Ends the server's side of all other connections to the database.
  void terminate_others() {
    db->query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
              "WHERE datname = current_database() AND pid <> pg_backend_pid()")
      .next();
  }

  database_session session{"test", own.options()};

  /// The name of organisation `acme` through the session.
  caf::expected<std::string> name() {
    return session.run(
      [](connection& x) { return organisations{x}.find("acme")->name; });
  }
};

TEST_F(Postgres, NamesTheRuleAndNoValue) {
  auto x = acme();
  x.id = "";
  x.name = "a secret name";
  EXPECT_EQ(complaint_of([&] { organisations{*db}.upsert(x); }),
            "postgresql: new row for relation \"organisations\" violates check "
            "constraint \"organisations_id_check\" (SQLSTATE 23514)");
  EXPECT_EQ(complaint_of([&] {
              db->execute("INSERT INTO plans VALUES ($1, $2, 0, 1)", "x",
                          "a secret number");
            }),
            "postgresql: invalid input syntax for type bigint (SQLSTATE "
            "22P02)");
  EXPECT_EQ(complaint_of([&] {
              db->execute("INSERT INTO plans VALUES ('PRO', 1, 0, 1)");
            }),
            "postgresql: duplicate key value violates unique constraint "
            "\"plans_pkey\" (SQLSTATE 23505)");
}

TEST_F(Postgres, NamesTheFieldWhoseTextItCannotKeep) {
  auto x = front_desk();
  x.name = std::string("a\0b", 3);
  auto store = [&] { agents{*db}.upsert(x); };
  EXPECT_EQ(failure_of(store), failure::constraint);
  EXPECT_EQ(complaint_of(store).find("agents.name: "), 0u)
    << complaint_of(store);
  x.name = "\xff";
  EXPECT_EQ(complaint_of(store).find("agents.name: not valid UTF-8"), 0u);
  EXPECT_EQ(complaint_of([&] {
              agents{*db}.list("\xc3");
            }).find("agents.org_id: not valid UTF-8"),
            0u);
  EXPECT_EQ(agents{*db}.find("acme", "front-desk")->name, "Front desk");
}

TEST_F(Postgres, RefusesBadJson) {
  EXPECT_EQ(
    failure_of([&] { db->execute("UPDATE agents SET tools = $1", "[1, 2"); }),
    failure::constraint);
}

TEST_F(Postgres, SaysBusyWhenALockDoesNotComeFree) {
  transaction lock{*db};
  db->execute("UPDATE organisations SET name = 'x' WHERE id = 'acme'");
  auto second = hasty();
  EXPECT_EQ(failure_of([&] { organisations{*second}.upsert(acme()); }),
            failure::busy);
  EXPECT_EQ(organisations{*second}.find("acme")->name, "Acme Clinic")
    << "readers do not care";
}

TEST_F(Postgres, SaysBusyWhenAStatementTakesTooLong) {
  auto second = hasty();
  EXPECT_EQ(failure_of([&] { second->query("SELECT pg_sleep(10)").next(); }),
            failure::busy);
  EXPECT_TRUE(second->query("SELECT 1").next()) << "the connection is lost";
}

TEST_F(Postgres, SaysBusyWhenItIsTheVictimOfADeadlock) {
  auto other = own.open();
  db->run_script("SET deadlock_timeout = '20ms'");
  transaction mine{*db};
  transaction theirs{*other};
  db->execute("UPDATE organisations SET name = 'x' WHERE id = 'acme'");
  other->execute("UPDATE organisations SET name = 'x' WHERE id = 'rival'");
  std::thread waits{[&] {
    other->execute("UPDATE organisations SET name = 'x' WHERE id = 'acme'");
  }};
  std::this_thread::sleep_for(50ms); // so that the other one waits first
  EXPECT_EQ(failure_of([&] {
              db->execute("UPDATE organisations SET name = 'x' "
                          "WHERE id = 'rival'");
            }),
            failure::busy);
  db->run_script("ROLLBACK"); // lets the other one go on
  waits.join();
}

TEST_F(Postgres, DoesNotCommitWhatHasFailed) {
  auto why = failure_of([&] {
    transaction all{*db};
    organisations{*db}.upsert({.id = "new", .name = "n", .credit_seconds = 1});
    try {
      db->execute("INSERT INTO organisations (id, name, credit_seconds) "
                  "VALUES ('', '', 0)");
    } catch (const database_error&) {
    }
    all.commit(); // SQLite would keep the first; PostgreSQL keeps nothing
  });
  EXPECT_EQ(why, failure::misuse);
  EXPECT_FALSE(organisations{*db}.find("new"));
}

TEST_F(Postgres, KeepsNoticesToItself) {
  testing::internal::CaptureStderr();
  db->run_script("CREATE TABLE IF NOT EXISTS agents (x TEXT)");
  db->run_script("DO $$ BEGIN RAISE WARNING 'secret'; END $$");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(Postgres, CanBeReadHalfAndAskedAgain) {
  constexpr auto sql = "SELECT generate_series(1, 1000)";
  for (int i = 0; i < 3; ++i) {
    auto found = db->query(sql);
    ASSERT_TRUE(found.next());
    EXPECT_EQ(found.integer(0), 1);
  }
  EXPECT_TRUE(organisations{*db}.find("acme"));
}

TEST_F(Postgres, CountsRowsThatWereChanged) {
  EXPECT_EQ(db->execute("UPDATE organisations SET name = 'x'"), 2);
  EXPECT_EQ(db->execute("DELETE FROM users"), 0);
  auto returned = db->query("UPDATE organisations SET version = 7 "
                            "WHERE id = $1 RETURNING version",
                            "acme");
  ASSERT_TRUE(returned.next());
  EXPECT_EQ(returned.integer(0), 7);
}

// -- connections that cannot be made

struct bad_url {
  const char* url;
  const char* says;
};

TEST(OpenPostgres, SaysWhatIsWrongWithoutThePassword) {
  for (auto& x : {bad_url{"mysql://u:hunter2@h/d", "not a PostgreSQL URL"},
                  bad_url{"host=h password=hunter2", "not a PostgreSQL URL"},
                  bad_url{"postgresql://u:hunter2@h:port/d", "postgresql: "},
                  bad_url{"postgresql://u:hunter2@h/d?colour=red",
                          "not a PostgreSQL URL"},
                  bad_url{"postgresql://u:%zz@h/d", "not a PostgreSQL URL"},
                  bad_url{"postgresql://u:hunter2@127.0.0.1:1/d", "refused"}}) {
    auto open = [&] { open_postgres({.url = x.url}); };
    EXPECT_EQ(failure_of(open), failure::unusable) << x.url;
    auto text = complaint_of(open);
    EXPECT_NE(text.find(x.says), std::string::npos) << text;
    EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST(OpenPostgres, NamesADatabaseThatIsNotThere) {
  auto url = with_database(test_postgres_url(), "nowhere");
  auto text = complaint_of([&] { open_postgres({.url = url}); });
  EXPECT_NE(text.find("database \"nowhere\" does not exist"), std::string::npos)
    << text;
}

/// A port that takes connections and never says anything.
class silent_server {
public:
  silent_server() {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(at);
    auto any = reinterpret_cast<sockaddr*>(&at);
    if (bind(fd_, any, size) != 0 || listen(fd_, 8) != 0
        || getsockname(fd_, any, &size) != 0)
      throw std::runtime_error{"no port"};
    url_ = "postgresql://u:p@127.0.0.1:" + std::to_string(ntohs(at.sin_port))
           + "/d";
  }
  ~silent_server() { close(fd_); }

  const std::string& url() const { return url_; }

private:
  int fd_ = socket(AF_INET, SOCK_STREAM, 0);
  std::string url_;
};

TEST(OpenPostgres, GivesUpOnASilentServer) {
  silent_server server;
  auto begin = std::chrono::steady_clock::now();
  auto text = complaint_of(
    [&] { open_postgres({.url = server.url(), .connect_timeout = 200ms}); });
  auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_NE(text.find("storage.connect_timeout"), std::string::npos) << text;
  EXPECT_GE(took, 200ms);
  EXPECT_LT(took, 3s);
}

// -- a session's connection, and what becomes of it

TEST_F(Postgres, SessionReplacesAConnectionThatDiedAtRest) {
  ASSERT_EQ(*name(), "Acme Clinic");
  for (int i = 0; i < 3; ++i) {
    terminate_others();
    auto found = name();
    ASSERT_TRUE(found) << i;
    EXPECT_EQ(*found, "Acme Clinic");
  }
}

TEST_F(Postgres, SessionRepeatsWhatDidNotBegin) {
  int runs = 0;
  auto found = session.run([&](connection& x) {
    // Dies between the look at the socket and the first statement.
    if (++runs == 1)
      terminate_others();
    transaction all{x};
    return organisations{x}.find("acme")->name;
  });
  EXPECT_FALSE(found) << "a fresh connection is not tried twice";
  runs = 0;
  ASSERT_TRUE(name());
  found = session.run([&](connection& x) {
    if (++runs == 1)
      terminate_others();
    transaction all{x};
    return organisations{x}.find("acme")->name;
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, "Acme Clinic");
  EXPECT_EQ(runs, 2);
}

TEST_F(Postgres, SessionDoesNotRepeatWhatMayHaveHappened) {
  ASSERT_TRUE(name());
  int runs = 0;
  auto done = session.run([&](connection& x) {
    ++runs;
    x.execute("UPDATE organisations SET version = version + 1 "
              "WHERE id = 'acme'");
    terminate_others();
    return organisations{x}.find("acme")->name;
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(name()) << "it did not recover";
}

TEST_F(Postgres, SessionFailsAtOnceBetweenTwoTries) {
  silent_server nobody;
  auto options = own.options();
  options.url = nobody.url();
  options.connect_timeout = 300ms;
  database_session lost{"lost", options};
  auto ask = [&] {
    auto begin = std::chrono::steady_clock::now();
    auto answer = lost.run([](connection&) { return 1; });
    EXPECT_TRUE(answer.error() == errc::store_failed);
    return std::chrono::steady_clock::now() - begin;
  };
  EXPECT_GE(ask(), 300ms);
  auto first = ask();
  EXPECT_LT(first, 40ms) << "the pause is 50 ms at least";
  std::this_thread::sleep_for(110ms);
  EXPECT_GE(ask(), 300ms) << "the next try was due";
}

TEST_F(Postgres, SessionMigratesAFreshDatabase) {
  test_database fresh{engine::postgres, false};
  database_session x{"fresh", fresh.options()};
  auto pending
    = x.run([](connection& db) { return migration_status(db).pending(); });
  ASSERT_TRUE(pending);
  EXPECT_EQ(*pending, 0u);
}

TEST_F(Postgres, EnginesKnowOfEachOther) {
  auto first = std::make_optional<engine_presence>(own.options());
  EXPECT_TRUE(first->was_alone());
  auto second = std::make_optional<engine_presence>(own.options());
  EXPECT_FALSE(second->was_alone());
  first.reset();
  EXPECT_FALSE(engine_presence{own.options()}.was_alone());
  second.reset();
  // The server notices the end of a connection a moment later.
  auto until = std::chrono::steady_clock::now() + 5s;
  while (!engine_presence{own.options()}.was_alone())
    ASSERT_LT(std::chrono::steady_clock::now(), until);
}

} // namespace

} // namespace velox::persistence
