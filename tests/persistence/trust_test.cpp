#include "persistence/consents.hpp"
#include "persistence/dnd_checks.hpp"
#include "persistence/tool_permissions.hpp"
#include "tests/persistence/records.hpp"

namespace velox::persistence {

namespace {

using ToolPermissions = every_tenants_test;

TEST_P(ToolPermissions, AreWhatWasSaidLast) {
  tool_permissions tools{*db};
  EXPECT_FALSE(tools.find("acme", "front-desk", "book"));
  tools.set({"acme", "front-desk", "book", true, 20, 7});
  tools.set({"acme", "front-desk", "cancel", false, 0, 7});
  auto x = tools.find("acme", "front-desk", "book");
  ASSERT_TRUE(x);
  EXPECT_TRUE(x->allowed);
  EXPECT_EQ(x->calls_per_day, 20);
  EXPECT_EQ(x->changed_at, 7);
  tools.set({"acme", "front-desk", "book", false, 5, 8});
  x = tools.find("acme", "front-desk", "book");
  EXPECT_FALSE(x->allowed);
  EXPECT_EQ(x->calls_per_day, 5);
  EXPECT_EQ(x->changed_at, 8);
  auto all = tools.list("acme", "front-desk");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[1].tool, "cancel");
  EXPECT_THROW(tools.set({"acme", "ghost", "book", true, 0, 7}), not_found);
}

VELOX_ON_EVERY_ENGINE(ToolPermissions);

using Consents = every_tenants_test;

TEST_P(Consents, AreTheNewestWord) {
  consents said{*db};
  auto holds = [&] {
    auto x = said.latest("acme", "+15550123", "recording");
    return x && x->given;
  };
  EXPECT_FALSE(holds());
  said.add({"acme", "+15550123", "recording", true, 10, "CA1", "pressed 1"});
  EXPECT_TRUE(holds());
  auto x = said.latest("acme", "+15550123", "recording");
  EXPECT_EQ(x->call_id, "CA1");
  EXPECT_EQ(x->evidence, "pressed 1");
  EXPECT_EQ(x->at, 10);
  said.add({"acme", "+15550123", "recording", false, 20, "", "letter"});
  EXPECT_FALSE(holds());
  said.add({"acme", "+15550123", "recording", true, 15, "", "found later"});
  EXPECT_FALSE(holds()) << "an older word came in late";
  said.add({"acme", "+15550123", "marketing", true, 30, "", ""});
  EXPECT_FALSE(holds()) << "another purpose";
  EXPECT_EQ(said.history("acme", "+15550123").size(), 4u);
  EXPECT_EQ(said.history("acme", "+15550123")[0].purpose, "marketing");
}

TEST_P(Consents, AreNeverRewritten) {
  consents said{*db};
  said.add({"acme", "+15550123", "calls", true, 10, "", "first"});
  said.add({"acme", "+15550123", "calls", false, 10, "", "second"});
  EXPECT_EQ(said.latest("acme", "+15550123", "calls")->evidence, "first");
  EXPECT_EQ(failure_of([&] {
              said.add({"acme", "+15550123", "fun", true, 10, "", ""});
            }),
            failure::constraint);
  EXPECT_THROW(said.add({"nobody", "+1", "calls", true, 1, "", ""}), not_found);
}

VELOX_ON_EVERY_ENGINE(Consents);

using DndChecks = every_tenants_test;

TEST_P(DndChecks, HoldUntilTheyExpire) {
  dnd_checks checks{*db};
  auto ask = [&](unix_ms now) {
    auto x = checks.valid("acme", "+15550123", "promotional", now);
    return x ? x->verdict : "ask";
  };
  EXPECT_EQ(ask(0), "ask");
  checks.add({"acme", "+15550123", "promotional", "allow", "", "E1", 10, 100});
  EXPECT_EQ(ask(99), "allow");
  EXPECT_EQ(ask(100), "ask");
  checks.add(
    {"acme", "+15550123", "promotional", "deny", "listed", "E2", 50, 60});
  EXPECT_EQ(ask(55), "deny");
  EXPECT_EQ(ask(60), "ask") << "the older allowance is outdated";
  auto x = checks.valid("acme", "+15550123", "promotional", 55);
  EXPECT_EQ(x->reason, "listed");
  EXPECT_EQ(x->evidence_id, "E2");
  EXPECT_FALSE(checks.valid("acme", "+15550123", "service", 55));
  EXPECT_EQ(failure_of([&] {
              checks.add({"acme", "+1", "service", "perhaps", "", "", 1, 2});
            }),
            failure::constraint);
}

VELOX_ON_EVERY_ENGINE(DndChecks);

} // namespace

} // namespace velox::persistence
