#include "tests/persistence/records.hpp"

namespace velox::persistence {

namespace {

using Tenants = every_tenants_test;

TEST_P(Tenants, KeepEveryFieldOfAnAgent) {
  auto x = front_desk();
  x.language = "de-DE";
  x.model = "gpt";
  x.active = false;
  agents{*db}.upsert(x);
  auto y = agents{*db}.find("acme", "front-desk");
  ASSERT_TRUE(y);
  EXPECT_EQ(y->id, x.id);
  EXPECT_EQ(y->org_id, x.org_id);
  EXPECT_EQ(y->name, x.name);
  EXPECT_EQ(y->phone_number, x.phone_number);
  EXPECT_EQ(y->language, x.language);
  EXPECT_EQ(y->voice, x.voice);
  EXPECT_EQ(y->model, x.model);
  EXPECT_EQ(y->script, x.script);
  EXPECT_FALSE(y->active);
}

TEST_P(Tenants, AreFoundByNumberOnlyWhenActive) {
  EXPECT_EQ(agents{*db}.find_by_number("+15550100")->org_id, "acme");
  EXPECT_EQ(agents{*db}.find_by_number("+15550199")->org_id, "rival");
  EXPECT_FALSE(agents{*db}.find_by_number("+15550101"));
  auto x = front_desk();
  x.active = false;
  agents{*db}.upsert(x);
  EXPECT_FALSE(agents{*db}.find_by_number("+15550100"));
}

TEST_P(Tenants, MayHaveAgentsWithoutNumbers) {
  for (auto id : {"a", "b"}) {
    auto x = front_desk();
    x.id = id;
    x.phone_number = "";
    agents{*db}.upsert(x);
  }
  EXPECT_FALSE(agents{*db}.find_by_number(""));
}

TEST_P(Tenants, DoNotShareANumber) {
  auto x = rival_desk();
  x.phone_number = "+15550100";
  auto upsert = [&] { agents{*db}.upsert(x); };
  EXPECT_EQ(failure_of(upsert), failure::constraint);
  auto complaint = complaint_of(upsert);
  EXPECT_EQ(complaint.find("agent.phone_number: "), 0u);
  EXPECT_EQ(complaint.find("5550100"), std::string::npos)
    << "a phone number in an error text";
  EXPECT_EQ(agents{*db}.find("rival", "front-desk")->phone_number, "+15550199");
  // An inactive one may wait for it, and take it over when it is free.
  x.active = false;
  agents{*db}.upsert(x);
  auto y = front_desk();
  y.active = false;
  agents{*db}.upsert(y);
  x.active = true;
  agents{*db}.upsert(x);
  EXPECT_EQ(agents{*db}.find_by_number("+15550100")->org_id, "rival");
}

TEST_P(Tenants, CannotShareANumberPastTheRepository) {
  EXPECT_EQ(failure_of([&] {
              db->execute("UPDATE agents SET phone_number = '+15550100'");
            }),
            failure::constraint);
}

TEST_P(Tenants, SeeOnlyTheirOwnAgents) {
  auto list = agents{*db}.list("acme");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].phone_number, "+15550100");
  EXPECT_TRUE(agents{*db}.list("").empty());
  EXPECT_FALSE(agents{*db}.find("", "front-desk"));
  // The same id is another agent in another organisation.
  EXPECT_EQ(agents{*db}.find("rival", "front-desk")->phone_number, "+15550199");
}

TEST_P(Tenants, AreNotMadeUpForAnAgent) {
  auto x = front_desk();
  x.org_id = "nobody";
  EXPECT_THROW(agents{*db}.upsert(x), not_found);
}

TEST_P(Tenants, KeepTheirCreditWhenRenamed) {
  db->execute("UPDATE organisations SET credit_seconds = 42 WHERE id = 'acme'");
  auto x = acme();
  x.name = "Acme Dental";
  organisations{*db}.upsert(x);
  auto y = organisations{*db}.find("acme");
  EXPECT_EQ(y->name, "Acme Dental");
  EXPECT_EQ(y->credit_seconds, 42);
}

TEST_P(Tenants, MayBeCalledAnything) {
  for (std::string name :
       {"Robert'); DROP TABLE agents; --", "\" OR 1=1 --", "$1 ${json} ?1 :a",
        "Praxis M\xc3\xbcller \xe8\xaf\x8a\xe6\x89\x80 \xf0\x9f\xa6\xb7"}) {
    organisations{*db}.upsert({.id = name, .name = name, .credit_seconds = 1});
    auto x = front_desk();
    x.org_id = x.id = x.name = x.phone_number = name;
    agents{*db}.upsert(x);
    EXPECT_EQ(agents{*db}.find_by_number(name)->org_id, name);
    EXPECT_EQ(agents{*db}.list(name).size(), 1u);
  }
  EXPECT_FALSE(agents{*db}.find("' OR '1'='1", "front-desk"));
}

VELOX_ON_EVERY_ENGINE(Tenants);

} // namespace

} // namespace velox::persistence
