#include "tests/persistence/records.hpp"

namespace velox::persistence {

namespace {

class Batch : public every_tenants_test {
protected:
  static constexpr auto rename
    = "UPDATE organisations SET name = $2 WHERE id = $1";
  static constexpr auto remove = "DELETE FROM users WHERE id = $1";

  std::string name(connection& x) {
    return organisations{x}.find("acme")->name;
  }
};

TEST_P(Batch, CountsWhatEachStatementChanged) {
  batch x{*db};
  EXPECT_TRUE(x.empty());
  x.add(rename, "acme", "a");
  x.add(remove, "nobody");
  x.add("UPDATE organisations SET name = 'b'");
  x.add(rename, "rival", "c"); // the same statement with other values
  EXPECT_EQ(x.run(), (std::vector<int64_t>{1, 0, 2, 1}));
  EXPECT_EQ(name(*another()), "b");
  EXPECT_EQ(organisations{*db}.find("rival")->name, "c");
}

TEST_P(Batch, IsNothingWhenItIsEmpty) {
  EXPECT_TRUE(batch{*db}.run().empty());
}

TEST_P(Batch, KeepsEveryKindOfValue) {
  db->run_script(translate(db->speaks(), "CREATE TABLE t (a ${bigint}, b TEXT, "
                                         "c ${boolean}, d TEXT)${table}"));
  batch x{*db};
  {
    auto gone = std::string(1000, 'x'); // values are copied
    x.add("INSERT INTO t VALUES ($1, $2, $3, $4)", INT64_MIN, gone, true,
          nullptr);
  }
  x.run();
  auto found = db->query("SELECT a, b, c, d FROM t");
  ASSERT_TRUE(found.next());
  EXPECT_EQ(found.integer(0), INT64_MIN);
  EXPECT_EQ(found.text(1), std::string(1000, 'x'));
  EXPECT_TRUE(found.boolean(2));
  EXPECT_TRUE(found.is_null(3));
}

TEST_P(Batch, IsKeptAsAWholeOrNotAtAll) {
  for (int i = 0; i < 2; ++i) { // once before all are prepared, once after
    batch x{*db};
    x.add(rename, "acme", "lost");
    x.add("INSERT INTO users (org_id, id, email, name, role, created_at) "
          "VALUES ('acme', 'u', '', '', $1, 0)",
          "emperor");
    x.add(remove, "u");
    EXPECT_EQ(failure_of([&] { x.run(); }), failure::constraint);
    EXPECT_EQ(name(*db), "Acme Clinic");
  }
  batch x{*db};
  x.add(rename, "acme", "kept");
  x.add(remove, "u");
  EXPECT_EQ(x.run().size(), 2u) << "the connection is of no use afterwards";
  EXPECT_EQ(name(*another()), "kept");
}

TEST_P(Batch, IsASavePointInATransaction) {
  {
    transaction all{*db};
    batch good{*db};
    good.add(rename, "acme", "kept");
    good.run();
    batch bad{*db};
    bad.add(rename, "acme", "lost");
    bad.add("INSERT INTO users (org_id, id, email, name, role, created_at) "
            "VALUES ('acme', '', '', '', 'admin', 0)");
    EXPECT_EQ(failure_of([&] { bad.run(); }), failure::constraint);
    EXPECT_EQ(name(*another()), "Acme Clinic") << "it was committed too early";
    all.commit();
  }
  EXPECT_EQ(name(*another()), "kept");
}

TEST_P(Batch, LeavesItsTransactionAliveOverABadText) {
  {
    transaction all{*db};
    db->execute(rename, "acme", "kept");
    batch x{*db};
    auto why = complaint_of([&] {
      x.add(rename, "rival", std::string("a\0b", 3));
      x.run();
    });
    EXPECT_EQ(why.find("organisations.name: "), 0u) << why;
    all.commit();
  }
  EXPECT_EQ(name(*another()), "kept");
}

TEST_P(Batch, GoesWithItsTransaction) {
  {
    transaction all{*db};
    batch x{*db};
    x.add(rename, "acme", "lost");
    x.run();
  }
  EXPECT_EQ(name(*another()), "Acme Clinic");
}

TEST_P(Batch, RefusesSqlThatIsWrong) {
  batch x{*db};
  x.add("SELEC 1");
  EXPECT_EQ(failure_of([&] { x.run(); }), failure::misuse);
  batch y{*db};
  y.add(remove, "a", "b");
  EXPECT_EQ(failure_of([&] { y.run(); }), failure::misuse);
  EXPECT_EQ(name(*db), "Acme Clinic");
}

TEST_P(Batch, MayBeLargerThanWhatSocketsHold) {
  db->run_script(
    translate(db->speaks(), "CREATE TABLE t (a TEXT NOT NULL)${table}"));
  batch x{*db};
  for (int i = 0; i < 3000; ++i)
    x.add("INSERT INTO t VALUES ($1)", std::string(4000, 'x'));
  EXPECT_EQ(x.run().size(), 3000u);
  EXPECT_EQ(count("SELECT COUNT(*) FROM t"), 3000);
}

VELOX_ON_EVERY_ENGINE(Batch);

} // namespace

} // namespace velox::persistence
