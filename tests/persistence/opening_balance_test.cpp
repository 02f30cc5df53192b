#include "persistence/ledger.hpp"
#include "persistence/ledger_audit.hpp"
#include "tests/persistence/records.hpp"

#include <gmock/gmock.h>

namespace velox::persistence {

namespace {

/// A database as it was before there was a ledger, brought up to date.
class OpeningBalance : public ::testing::TestWithParam<engine> {
protected:
  OpeningBalance() {
    migrate(*db, all_migrations().first(4));
    db->run_script(
      "INSERT INTO organisations (id, name, credit_seconds) VALUES "
      "('acme', 'Acme', 900), ('poor', 'Poor', 0);"
      "INSERT INTO agents (org_id, id, name, phone_number, language, voice, "
      "model, script, active) VALUES "
      "('acme', 'a', '', '', '', '', '', '', TRUE);"
      "INSERT INTO conversations (call_id, org_id, agent_id, caller, called, "
      "status, started_at, ended_at, ended_because, explanation, transfer_to, "
      "billed_seconds) VALUES "
      "('CA1', 'acme', 'a', '', '', 'COMPLETED', 5, 6, '', '', '', 70),"
      "('CA2', 'acme', 'a', '', '', 'FAILED', 5, 6, '', '', '', 0),"
      "('CA3', 'acme', 'a', '', '', 'ACTIVE', 5, NULL, '', '', '', 0)");
    migrate(*db);
  }

  test_database own{GetParam(), false};
  std::unique_ptr<connection> db = own.open();
};

TEST_P(OpeningBalance, IsWhatTheLedgerBeginsWith) {
  EXPECT_THAT(ledger_audit::check(*db), ::testing::IsEmpty());
  EXPECT_EQ(ledger{*db}.find("acme").credit_seconds, 900);
  EXPECT_EQ(ledger{*db}.find("poor").credit_seconds, 0);
  // And it goes on from there.
  ledger{*db}.grant("poor", 60, "k", "", 7);
  EXPECT_TRUE(ledger{*db}.reserve("acme", "CA9", 7));
  EXPECT_THAT(ledger_audit::check(*db), ::testing::IsEmpty());
}

VELOX_ON_EVERY_ENGINE(OpeningBalance);

} // namespace

} // namespace velox::persistence
