#include "persistence/call_log.hpp"
#include "persistence/consents.hpp"
#include "persistence/conversations.hpp"
#include "persistence/dnd_checks.hpp"
#include "persistence/ledger.hpp"
#include "persistence/phone_numbers.hpp"
#include "persistence/recordings.hpp"
#include "persistence/recovery.hpp"
#include "persistence/tool_permissions.hpp"
#include "persistence/users.hpp"
#include "tests/persistence/records.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <sstream>

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

/// A part of a query that calls or the console make all the time, and the index
/// that it is to go by.
struct hot_query {
  std::string_view part;
  std::string_view index;
};

constexpr hot_query hot[] = {
  {"WHERE a.phone_number = $1", "agents_by_number"},
  {"FROM recordings WHERE org_id = $1 AND call_id", "recordings_by_call"},
  {"FROM recordings WHERE org_id = $1 ORDER", "recordings_by_age"},
  {"FROM recordings WHERE delete_after", "recordings_due"},
  {"FROM conversations WHERE status = 'ACTIVE'", "conversations_active"},
  {"FROM call_reservations WHERE status = 'open'", "call_reservations_open"},
  {"WHERE org_id = $1 AND call_id = $2 AND call_id <> ''",
   "ledger_entries_by_call"},
  {"WHERE p.number = $1", "phone_numbers"},
  {"FROM phone_numbers WHERE org_id = $1 ORDER", "phone_numbers_by_org"},
  {"FROM organisations WHERE stripe_customer_id", "organisations_by_customer"},
  {"WHERE u.id = $1", "users_by_id"},
};

/// Asks what operators and the API ask.
void ask_about_people(connection& db) {
  organisations orgs{db};
  orgs.profile("acme");
  orgs.list();
  orgs.find_by_customer("cus_1");
  orgs.warn_below("acme", 60);
  if (auto agent = agents{db}.profile("acme", "front-desk"))
    agents{db}.save(*agent);
  users people{db};
  people.upsert({"acme", "u1", "", "Ann", user_role::admin, 1});
  people.find("acme", "u1");
  people.list("acme");
  people.memberships("u1");
  people.remove("acme", "u1", 2);
  phone_numbers numbers{db};
  numbers.upsert({"+15550102", "acme", "front-desk", "twilio", "PN1", 1});
  numbers.find("acme", "+15550102");
  numbers.list("acme");
  numbers.remove("acme", "+15550102");
  tool_permissions tools{db};
  tools.set({"acme", "front-desk", "book", true, 0, 1});
  tools.find("acme", "front-desk", "book");
  tools.list("acme", "front-desk");
  consents said{db};
  said.add({"acme", "+15550123", "calls", true, 1, "", ""});
  said.latest("acme", "+15550123", "calls");
  said.history("acme", "+15550123");
  dnd_checks checks{db};
  checks.add({"acme", "+15550123", "service", "allow", "", "", 1, 2});
  checks.valid("acme", "+15550123", "service", 1);
  agents{db}.remove("acme", "front-desk", 3);
  orgs.remove("acme", 3);
}

class QueryPlan : public every_tenants_test {
protected:
  QueryPlan() {
    // Tables of a test are so small that reading all of them is best.
    if (on_postgres())
      db->run_script("SET enable_seqscan = off; "
                     "SET plan_cache_mode = force_generic_plan");
  }

  /// The engine's plan for `sql`, whatever the values.
  std::string plan_of(const std::string& sql) {
    std::string result;
    if (!on_postgres()) {
      auto plan = db->query("EXPLAIN QUERY PLAN " + sql);
      while (plan.next())
        result += plan.text(3) + "\n";
      return result;
    }
    std::string values;
    for (int i = 1; sql.find("$" + std::to_string(i)) != sql.npos; ++i)
      values += i == 1 ? "(NULL" : ", NULL";
    db->run_script("PREPARE looked_at AS " + sql);
    {
      auto plan = db->query("EXPLAIN EXECUTE looked_at" + values
                            + (values.empty() ? "" : ")"));
      while (plan.next())
        result += plan.text(0) + "\n";
    }
    db->run_script("DEALLOCATE looked_at");
    return result;
  }

  bool reads_all(const std::string& plan) const {
    if (on_postgres())
      return plan.find("Seq Scan") != plan.npos;
    std::istringstream steps{plan};
    for (std::string step; std::getline(steps, step);)
      if (step.find("SCAN") != step.npos && !is_small(step))
        return true;
    return false;
  }
};

TEST_P(QueryPlan, NeverReadsAWholeTable) {
  spy watched{*db};
  add_tenants(watched);
  agents{watched}.list("acme");
  agents{watched}.find_by_number("+15550100");
  agents{watched}.find_by_number("+15550777");
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
  ask_about_people(watched);
  EXPECT_GE(watched.seen.size(), 60u) << "some statement was not run";
  for (auto& sql : watched.seen) {
    auto steps = plan_of(sql);
    EXPECT_FALSE(reads_all(steps)) << steps << "\nin " << sql;
    for (auto& [beginning, index] : hot)
      if (sql.find(beginning) != sql.npos) {
        EXPECT_NE(steps.find(index), steps.npos) << "not by " << index << ":\n"
                                                 << steps << "\nin " << sql;
      }
  }
  for (auto& [beginning, index] : hot)
    EXPECT_TRUE(
      std::any_of(watched.seen.begin(), watched.seen.end(),
                  [&](auto& sql) { return sql.find(beginning) != sql.npos; }))
      << beginning << " was not run";
}

VELOX_ON_EVERY_ENGINE(QueryPlan);

} // namespace

} // namespace velox::persistence
