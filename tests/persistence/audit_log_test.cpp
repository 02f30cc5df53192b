#include "persistence/audit_log.hpp"

#include "tests/persistence/every_method.hpp"
#include "tests/persistence/records.hpp"

#include <gmock/gmock.h>
#include <thread>

namespace velox::persistence {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

audit_entry did(std::string org, std::string action, unix_ms at = 1000) {
  return {std::move(org),    at,        "cli",
          std::move(action), "agent-1", R"({"seconds":60})"};
}

const add_methods trail{
  {"audit_log.add",
   [](connection& db, const std::string& x) {
     audit_log{db}.add({x, 1, x, x, x, x});
   },
   nullptr, "the engine itself has a chain, as no organisation"},
  {"audit_log.list",
   [](connection& db, const std::string& x) { audit_log{db}.list(x, 0); },
   [](connection& db, const std::string& org) {
     audit_log{db}.add(did("acme", "org.credit"));
     return audit_log{db}.list(org, 0).size();
   }},
  {"audit_log.verify",
   [](connection& db, const std::string& x) {
     audit_log{db}.list(x, 0);
     audit_log{db}.verify({{x, 1, x}});
   },
   nullptr, "operators read all chains"},
};

class AuditLog : public every_tenants_test {
protected:
  AuditLog() {
    for (int i = 0; i < 3; ++i)
      log.add(did("acme", "org.credit", 1000 + i));
    log.add(did("rival", "agent.changed"));
    log.add(did("", "engine.started"));
  }

  std::vector<std::string> problems() { return log.verify().problems; }

  audit_log log{*db};
};

TEST_P(AuditLog, ChainsItsRows) {
  auto report = log.verify();
  EXPECT_EQ(report.rows, 5u);
  EXPECT_THAT(report.problems, IsEmpty());
  ASSERT_EQ(report.heads.size(), 3u);
  auto rows = log.list("acme", 0);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].previous_hash, std::string(64, '0'));
  EXPECT_EQ(rows[1].previous_hash, rows[0].hash);
  EXPECT_EQ(rows[2].entry.at, 1002);
  EXPECT_EQ(rows[2].entry.detail, R"({"seconds":60})");
  EXPECT_EQ(log.list("acme", 2).size(), 1u);
  EXPECT_EQ(log.list("rival", 0).size(), 1u);
  EXPECT_THAT(log.list("nobody", 0), IsEmpty());
}

/// Whatever is done to a row in the middle is found.
TEST_P(AuditLog, FindsEveryChange) {
  for (auto change :
       {"at = 5", "actor = 'x'", "action = 'x'", "subject = 'x'",
        "detail = '{}'", "hash = 'x'", "previous_hash = 'x'", "sequence = 9"}) {
    transaction undone{*db};
    db->run_script(std::string{"UPDATE audit_log SET "} + change
                   + " WHERE org_id = 'acme' AND sequence = 2");
    EXPECT_FALSE(problems().empty()) << change;
  }
  transaction undone{*db};
  db->run_script("DELETE FROM audit_log WHERE org_id = 'acme' "
                 "AND sequence = 2");
  EXPECT_THAT(problems(),
              ElementsAre("row 3 of organisation acme: rows before it are "
                          "missing",
                          "row 3 of organisation acme: it does not follow the "
                          "row before it"));
}

TEST_P(AuditLog, FindsALostEndByAnEarlierHead) {
  auto before = log.verify().heads;
  log.add(did("acme", "org.credit", 2000));
  EXPECT_THAT(log.verify(before).problems, IsEmpty());
  db->run_script("DELETE FROM audit_log WHERE org_id = 'acme' "
                 "AND sequence > 1");
  EXPECT_THAT(problems(), IsEmpty()) << "a chain alone cannot know its end";
  EXPECT_THAT(log.verify(before).problems,
              ElementsAre("row 3 of organisation acme is gone"));
}

/// The chain is whole in itself, but it is another one.
TEST_P(AuditLog, FindsAChainThatWasWrittenAnew) {
  auto before = log.verify().heads;
  db->run_script("DELETE FROM audit_log WHERE org_id = 'rival'");
  log.add(did("rival", "nothing.much"));
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THAT(log.verify(before).problems,
              ElementsAre("row 1 of organisation rival: its hash was another "
                          "one"));
}

TEST_P(AuditLog, KeepsItsOrderUnderManyWriters) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i)
    writers.emplace_back([this] {
      auto options = own.options();
      options.patience = std::chrono::seconds{20};
      auto mine = open_database(options);
      for (int j = 0; j < 25; ++j)
        audit_log{*mine}.add(did("acme", "org.credit"));
    });
  for (auto& x : writers)
    x.join();
  auto report = log.verify();
  EXPECT_EQ(report.rows, 105u);
  EXPECT_THAT(report.problems, IsEmpty());
}

VELOX_ON_EVERY_ENGINE(AuditLog);

} // namespace

} // namespace velox::persistence
