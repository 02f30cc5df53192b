#include "persistence/call_log.hpp"
#include "persistence/ledger.hpp"
#include "persistence/ledger_audit.hpp"
#include "tests/persistence/records.hpp"

#include <atomic>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace velox::persistence {

namespace {

constexpr migration two_steps[] = {
  {1, "first", "CREATE TABLE a (x ${bigint})${table};"},
  {2, "second", "CREATE TABLE b (x TEXT); INSERT INTO b VALUES ('kept');"},
};

/// A tenant with an agent in the schema of version 1: the classes write
/// today's.
void add_early_tenant(connection& db) {
  db.execute("INSERT INTO organisations (id, name, credit_seconds) "
             "VALUES ('acme', 'Acme Clinic', 600)");
  db.execute(
    "INSERT INTO agents (org_id, id, name, phone_number, language, "
    "voice, model, script, active) VALUES ('acme', 'front-desk', "
    "'Front desk', '+15550100', 'en-US', 'slt', 'scripted', '', TRUE)");
}

class Migrate : public ::testing::TestWithParam<engine> {
protected:
  test_database own{GetParam(), false};
  std::unique_ptr<connection> db = own.open();

  bool has(std::string_view table) {
    return db->query(db->speaks().has_table, table).next();
  }

  /// All tables, columns, rules and indexes, as the engine describes them.
  static std::string schema(connection& db) {
    std::string result;
    auto sql = db.speaks().engine == "sqlite"
                 ? "SELECT name, sql FROM sqlite_schema ORDER BY name"
                 : "SELECT table_name || '.' || column_name, data_type || "
                   "is_nullable || COALESCE(column_default, '') "
                   "FROM information_schema.columns "
                   "WHERE table_schema = 'public' UNION "
                   "SELECT conname, pg_get_constraintdef(oid) "
                   "FROM pg_constraint UNION "
                   "SELECT indexname, indexdef FROM pg_indexes "
                   "WHERE schemaname = 'public' ORDER BY 1, 2";
    auto found = db.query(sql);
    while (found.next())
      result += found.text(0) + ": " + found.text(1) + '\n';
    return result;
  }
};

VELOX_ON_EVERY_ENGINE(Migrate);

TEST_P(Migrate, AppliesAllToAnEmptyDatabase) {
  EXPECT_EQ(migration_status(*db).pending(), all_migrations().size());
  EXPECT_FALSE(has("schema_migrations")) << "asking changed the database";
  auto report = migrate(*db);
  EXPECT_EQ(report.applied_now, all_migrations().size());
  EXPECT_EQ(report.pending(), 0u);
  for (size_t i = 0; i < report.steps.size(); ++i) {
    EXPECT_EQ(report.steps[i].version, i + 1);
    EXPECT_FALSE(report.steps[i].name.empty());
    EXPECT_GT(report.steps[i].applied_at, 1'600'000'000'000);
  }
  for (auto table :
       {"organisations", "agents", "conversations", "messages", "call_events"})
    EXPECT_TRUE(has(table)) << table;
}

TEST_P(Migrate, DoesNothingTheSecondTime) {
  auto first = migrate(*db);
  auto second = migrate(*db);
  EXPECT_EQ(second.applied_now, 0u);
  EXPECT_EQ(second.steps[0].applied_at, first.steps[0].applied_at);
}

TEST_P(Migrate, NeedsNoLockWhenThereIsNothingToDo) {
  migrate(*db);
  transaction lock{*db};
  auto options = own.options();
  options.patience = std::chrono::milliseconds{20};
  auto second = open_database(options);
  EXPECT_EQ(migrate(*second).applied_now, 0u);
}

TEST_P(Migrate, ReachesTheSameSchemaFromEachEarlierVersion) {
  migrate(*db);
  auto expected = schema(*db);
  auto known = all_migrations();
  for (size_t version = 1; version < known.size(); ++version) {
    test_database other{GetParam(), false};
    auto old = other.open();
    EXPECT_EQ(migrate(*old, known.first(version)).applied_now, version);
    EXPECT_EQ(migrate(*old).applied_now, known.size() - version);
    EXPECT_EQ(schema(*old), expected) << "from version " << version;
  }
}

TEST_P(Migrate, KeepsTheRowsOfEarlierVersions) {
  migrate(*db, all_migrations().first(1));
  add_early_tenant(*db);
  migrate(*db);
  EXPECT_EQ(agents{*db}.find("acme", "front-desk")->phone_number, "+15550100");
}

TEST_P(Migrate, OpensTheLedgerWithTheCreditOfEarlierVersions) {
  migrate(*db, all_migrations().first(5));
  add_early_tenant(*db);
  migrate(*db);
  EXPECT_EQ(ledger_audit::check(*db), std::vector<std::string>{});
  EXPECT_GT(ledger{*db}.find("acme").credit_seconds, 0);
  EXPECT_TRUE(ledger{*db}.connect("acme", "CA1", 1, "n1"));
}

TEST_P(Migrate, MessagesFromBeforeModelsAreReadWithoutOne) {
  migrate(*db, all_migrations().first(2));
  add_early_tenant(*db);
  db->execute("INSERT INTO conversations (call_id, org_id, agent_id, caller, "
              "called, status, started_at, ended_because, explanation, "
              "transfer_to, billed_seconds) VALUES ('CA1', 'acme', "
              "'front-desk', '', '', 'ACTIVE', 7, '', '', '', 0)");
  db->execute("INSERT INTO messages (call_id, turn, role, org_id, text, heard, "
              "sent, unsent, at) VALUES ('CA1', 1, 'assistant', 'acme', "
              "'Hello.', 'Hello.', '', '', 7)");
  migrate(*db);
  auto messages = call_log{*db}.messages("acme", "CA1");
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(messages[0].text, "Hello.");
  EXPECT_EQ(messages[0].model, "");
  EXPECT_EQ(messages[0].usage.prompt + messages[0].usage.completion, 0);
}

TEST_P(Migrate, RefusesAChangedMigration) {
  migrate(*db, two_steps);
  migration changed[] = {two_steps[0], two_steps[1]};
  changed[0].sql = "CREATE TABLE a (x ${bigint}, y ${bigint})${table};";
  auto complaint = complaint_of([&] { migrate(*db, changed); });
  EXPECT_EQ(complaint.find("migration 1 (first) was changed after it was "
                           "applied"),
            0u)
    << complaint;
  EXPECT_THROW(migration_status(*db, changed), migration_error);
}

TEST_P(Migrate, RefusesADatabaseThatIsNewer) {
  migrate(*db, two_steps);
  auto complaint
    = complaint_of([&] { migrate(*db, std::span{two_steps}.first(1)); });
  EXPECT_EQ(complaint.find("the database is newer than this binary: it has "
                           "migration 2 (second), this binary knows up to 1"),
            0u)
    << complaint;
}

TEST_P(Migrate, RefusesWhenAnAppliedMigrationIsMissing) {
  migrate(*db, two_steps);
  migration without_first[] = {two_steps[1]};
  EXPECT_EQ(complaint_of([&] { migrate(*db, without_first); })
              .find("migration 1 (first) was applied to this database but is "
                    "missing from this binary"),
            0u);
  db->execute("DELETE FROM schema_migrations WHERE version = 1");
  EXPECT_EQ(complaint_of([&] { migrate(*db, two_steps); })
              .find("migration 1 was never recorded in this database although "
                    "migration 2 (second) was"),
            0u);
}

TEST_P(Migrate, LeavesNothingOfAMigrationThatFails) {
  migration broken[] = {
    two_steps[0],
    {2, "broken", "CREATE TABLE b (x TEXT); INSERT INTO nowhere VALUES (1);"},
  };
  auto complaint = complaint_of([&] { migrate(*db, broken); });
  EXPECT_EQ(complaint.find("migration 2 (broken): "), 0u) << complaint;
  EXPECT_TRUE(has("a"));
  EXPECT_FALSE(has("b"));
  EXPECT_EQ(migration_status(*db, broken).pending(), 1u);
  EXPECT_EQ(migrate(*db, two_steps).applied_now, 1u);
}

TEST(MigrateSqlite, KnowsItsFileByName) {
  temp_folder folder;
  auto absent = folder / "absent.db";
  EXPECT_EQ(migration_status(absent).pending(), all_migrations().size());
  EXPECT_FALSE(std::filesystem::exists(absent));
  EXPECT_EQ(migrate(absent).applied_now, all_migrations().size());
  EXPECT_EQ(migration_status(absent).pending(), 0u);
}

TEST_P(Migrate, IsDoneOnceByManyThreads) {
  auto fresh = own.options();
  std::atomic<size_t> applied{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { applied += migrate(fresh).applied_now; });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(applied, all_migrations().size());
}

TEST_P(Migrate, IsDoneOnceByManyProcesses) {
  auto fresh = own.options();
  db.reset(); // a connection must not be carried into another process
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    auto pid = fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      int applied = 99;
      try {
        applied = static_cast<int>(migrate(fresh).applied_now);
      } catch (const std::exception&) {
      }
      _exit(applied);
    }
    children.push_back(pid);
  }
  size_t applied = 0;
  for (auto pid : children) {
    int status = 0;
    ASSERT_EQ(waitpid(pid, &status, 0), pid);
    ASSERT_TRUE(WIFEXITED(status));
    applied += static_cast<size_t>(WEXITSTATUS(status));
  }
  EXPECT_EQ(applied, all_migrations().size());
  EXPECT_EQ(migration_status(fresh).pending(), 0u);
}

} // namespace

} // namespace velox::persistence
