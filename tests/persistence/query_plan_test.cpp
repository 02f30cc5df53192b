#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "persistence/ledger.hpp"
#include "persistence/recordings.hpp"
#include "persistence/recovery.hpp"
#include "tests/persistence/records.hpp"

#include <limits>
#include <set>

namespace velox::persistence {

namespace {

/// Passes everything on and remembers the texts of the statements.
class spy : public connection {
public:
  explicit spy(connection& real) : real_(real) {}

  const dialect& speaks() const override { return real_.speaks(); }
  void run_script(const std::string& sql) override { real_.run_script(sql); }
  statement& prepare(std::string_view sql) override {
    seen.emplace(sql);
    return real_.prepare(sql);
  }

  std::set<std::string> seen;

private:
  connection& real_;
};

/// Indexes that hold live calls only, values that the statement itself brings
/// along, and sets made of either (`q`, `v`).
bool is_small(const std::string& step) {
  for (auto* known : {"conversations_active", "call_reservations_open",
                      "CONSTANT ROW", "SCAN v", "SCAN q"})
    if (step.find(known) != step.npos)
      return true;
  return false;
}

using QueryPlan = tenants_test;

TEST_F(QueryPlan, NeverReadsAWholeTable) {
  spy watched{*db};
  add_tenants(watched);
  agents{watched}.list("acme");
  agents{watched}.find_by_number("+15550100");
  conversations calls{watched};
  call_log log{watched};
  calls.open(ringing("CA1"));
  log.append({{event("CA1", 1)}, {said("CA1", 1, "user", "hi")}});
  log.messages("acme", "CA1");
  log.events("CA1", 0);
  ledger books{watched};
  books.connect("acme", "CA1", 1, "n1");
  books.charge("acme", "CA1", 0, 30, 2);
  recovery{watched}.run(std::numeric_limits<unix_ms>::max(), 3);
  calls.open(ringing("CA1"));
  calls.close(hung_up("CA1"));
  recordings kept{watched};
  recording_record recording;
  recording.call_id = "CA1";
  recording.org_id = "acme";
  recording.file = "a.velrec";
  kept.store(recording);
  kept.list("acme", "");
  kept.list("acme", "CA1");
  kept.due(0);
  kept.strays({"a.velrec"});
  kept.forget("acme", "a.velrec");
  EXPECT_GE(watched.seen.size(), 36u) << "some statement was not run";
  for (auto& sql : watched.seen) {
    auto plan = db->query("EXPLAIN QUERY PLAN " + sql);
    while (plan.next()) {
      auto step = plan.text(3);
      EXPECT_TRUE(is_small(step) || step.find("SCAN") == step.npos)
        << step << "\nin " << sql;
    }
  }
}

} // namespace

} // namespace velox::persistence
