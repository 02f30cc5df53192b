#include "tests/persistence/records.hpp"

#include <limits>
#include <optional>
#include <thread>

namespace velox::persistence {

namespace {

using Database = every_database_test;
using SqliteDatabase = database_test;

TEST_P(Database, KeepsValuesAsTheyWere) {
  db->run_script(translate(
    db->speaks(),
    "CREATE TABLE t (a ${bigint}, b TEXT, c ${boolean}, d TEXT)${table}"));
  std::string text = "caf\xc3\xa9 \xf0\x9f\x93\x9e '); DROP TABLE t; -- end";
  auto least = std::numeric_limits<int64_t>::min();
  EXPECT_EQ(db->execute("INSERT INTO t VALUES ($1, $2, $3, $4)", least, text,
                        true, nullptr),
            1);
  auto found = db->query("SELECT a, b, c, d FROM t");
  ASSERT_TRUE(found.next());
  EXPECT_EQ(found.integer(0), least);
  EXPECT_EQ(found.text(1), text);
  EXPECT_TRUE(found.boolean(2));
  EXPECT_FALSE(found.is_null(1));
  EXPECT_TRUE(found.is_null(3));
  EXPECT_EQ(found.text(3), "");
  EXPECT_FALSE(found.next());
}

TEST_P(Database, TellsEmptyTextFromNull) {
  db->run_script("CREATE TABLE t (a TEXT)");
  db->execute("INSERT INTO t VALUES ($1)", std::string_view{});
  EXPECT_EQ(count("SELECT COUNT(*) FROM t WHERE a = ''"), 1);
}

TEST_P(Database, TakesParametersByNumberInAnyOrder) {
  auto found = db->query("SELECT CAST($2 AS TEXT) || $1 || $2", "a", "b");
  ASSERT_TRUE(found.next());
  EXPECT_EQ(found.text(0), "bab");
}

TEST_P(Database, ForgetsTheValuesOfTheLastRun) {
  constexpr auto sql = "SELECT CASE WHEN CAST($1 AS BIGINT) IS NULL THEN 1 "
                       "ELSE 0 END";
  EXPECT_EQ(db->query(sql, 7).next(), true);
  EXPECT_EQ(count(sql), 1);
}

TEST_P(Database, RefusesMisuse) {
  auto why = [this](std::string_view sql) {
    return failure_of([&] { db->query(sql).next(); });
  };
  EXPECT_EQ(why("SELEC 1"), failure::misuse);
  EXPECT_EQ(why("SELECT 1; SELECT 2"), failure::misuse);
  EXPECT_EQ(why(""), failure::misuse);
  EXPECT_EQ(why("SELECT * FROM nowhere"), failure::misuse);
  EXPECT_EQ(failure_of([&] { db->query("SELECT CAST($1 AS BIGINT)", 1, 2); }),
            failure::misuse);
  auto running = db->query("SELECT 1 UNION SELECT 2");
  ASSERT_TRUE(running.next());
  EXPECT_EQ(why("SELECT 1 UNION SELECT 2"), failure::misuse);
  EXPECT_TRUE(running.next()) << "the first run was disturbed";
}

TEST_P(Database, RefusesNumbersThatDoNotFit) {
  auto huge = std::numeric_limits<uint64_t>::max();
  EXPECT_EQ(failure_of([&] { db->query("SELECT $1", huge); }),
            failure::constraint);
}

TEST_P(Database, RollsBackUnlessCommitted) {
  {
    transaction all{*db};
    organisations{*db}.upsert(acme());
  }
  EXPECT_FALSE(organisations{*db}.find("acme"));
  {
    transaction all{*db};
    organisations{*db}.upsert(acme());
    all.commit();
  }
  EXPECT_TRUE(organisations{*db}.find("acme"));
}

TEST_P(Database, RollsBackAnInnerTransactionAlone) {
  {
    transaction outer{*db};
    organisations{*db}.upsert(acme());
    {
      transaction inner{*db};
      organisations{*db}.upsert(rival());
    }
    {
      transaction inner{*db};
      db->execute("UPDATE organisations SET name = 'kept'");
      inner.commit();
    }
    outer.commit();
  }
  EXPECT_EQ(organisations{*db}.find("acme")->name, "kept");
  EXPECT_FALSE(organisations{*db}.find("rival"));
}

TEST_P(Database, IsUsableAfterAFailureInATransaction) {
  EXPECT_EQ(failure_of([&] {
              transaction all{*db};
              organisations{*db}.upsert(
                {.id = "", .name = "", .credit_seconds = 0});
            }),
            failure::constraint);
  organisations{*db}.upsert(acme());
  EXPECT_TRUE(organisations{*another()}.find("acme"));
}

TEST_P(Database, EnforcesForeignKeysAndTypes) {
  EXPECT_EQ(failure_of([&] {
              db->execute("INSERT INTO agents (org_id, id, name, "
                          "phone_number, language, voice, model, script, "
                          "active) VALUES "
                          "('nobody', 'a', '', '', '', '', '', '', TRUE)");
            }),
            failure::constraint);
  EXPECT_EQ(failure_of([&] {
              db->execute("INSERT INTO organisations (id, name, "
                          "credit_seconds) VALUES ('a', 'b', 'c')");
            }),
            failure::constraint);
}

VELOX_ON_EVERY_ENGINE(Database);

TEST_F(SqliteDatabase, SaysBusyWhenTheLockDoesNotComeFree) {
  transaction lock{*db};
  auto second = another();
  EXPECT_EQ(failure_of([&] { transaction all{*second}; }), failure::busy);
  // Readers do not care.
  EXPECT_FALSE(organisations{*second}.find("acme"));
}

TEST_F(SqliteDatabase, WaitsForALockThatComesFree) {
  auto patient = open_sqlite({.file = file});
  auto lock = std::make_optional<transaction>(*db);
  std::thread release{[&] {
    lock.reset(); // races with the wait below; either order must work
  }};
  organisations{*patient}.upsert(acme());
  release.join();
  EXPECT_TRUE(organisations{*patient}.find("acme"));
}

TEST_F(SqliteDatabase, IsForItsOwnerOnly) {
  for (auto name : {"velox.db", "velox.db-wal", "velox.db-shm"}) {
    auto mode = std::filesystem::status(folder / name).permissions();
    EXPECT_EQ(static_cast<unsigned>(mode), 0600u) << name;
  }
}

TEST(OpenDatabase, MakesMissingFolders) {
  temp_folder folder;
  migrate(folder / "data \xe2\x98\x8e/deep/velox.db");
  EXPECT_TRUE(
    std::filesystem::exists(folder / "data \xe2\x98\x8e/deep/velox.db"));
}

TEST(OpenDatabase, DoesNotMakeAFileUnlessAsked) {
  temp_folder folder;
  auto file = folder / "absent.db";
  EXPECT_EQ(failure_of([&] { open_sqlite({.file = file, .create = false}); }),
            failure::unusable);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(OpenDatabase, NamesTheFileThatIsNoDatabase) {
  temp_folder folder;
  auto file = folder / "letter.txt";
  std::ofstream{file} << std::string(5000, 'x');
  auto open = [&] { open_sqlite({.file = file}); };
  EXPECT_EQ(failure_of(open), failure::unusable);
  EXPECT_NE(complaint_of(open).find("letter.txt"), std::string::npos);
  EXPECT_NE(complaint_of(open).find("not a database"), std::string::npos);
  EXPECT_EQ(failure_of([&] { open_sqlite({.file = folder / ""}); }),
            failure::unusable);
}

TEST(OpenDatabase, RefusesAPlaceWithoutWal) {
  EXPECT_EQ(failure_of([] { open_sqlite({.file = ":memory:"}); }),
            failure::unusable);
}

} // namespace

} // namespace velox::persistence
