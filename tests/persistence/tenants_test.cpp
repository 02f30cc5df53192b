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

agent_profile edited() {
  agent_profile x;
  x.agent = front_desk();
  x.agent.id = "night-desk";
  x.agent.phone_number = "+15550103";
  x.prompt = "Be brief.";
  x.tools = R"(["book"])";
  x.llm_config = R"({"temperature": 0.2})";
  x.flow = R"({"nodes": []})";
  x.created_at = x.updated_at = 7;
  return x;
}

TEST_P(Tenants, KeepEveryFieldThatEditorsSee) {
  EXPECT_EQ(agents{*db}.save(edited()), 1);
  auto x = agents{*db}.profile("acme", "night-desk");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->agent.phone_number, "+15550103");
  EXPECT_EQ(x->prompt, "Be brief.");
  EXPECT_EQ(x->tools, R"(["book"])");
  EXPECT_EQ(x->llm_config, R"({"temperature": 0.2})");
  EXPECT_EQ(x->flow, R"({"nodes": []})");
  EXPECT_EQ(x->version, 1);
  EXPECT_EQ(x->created_at, 7);
  EXPECT_EQ(x->updated_at, 7);
  EXPECT_FALSE(agents{*db}.profile("rival", "night-desk"));
}

TEST_P(Tenants, DoNotOverwriteWhatOthersEdited) {
  auto mine = edited();
  mine.version = agents{*db}.save(mine);
  auto theirs = mine;
  mine.prompt = "Be kind.";
  mine.updated_at = 8;
  mine.created_at = 99;
  EXPECT_EQ(agents{*db}.save(mine), 2);
  theirs.prompt = "Be rude.";
  auto save = [&] { agents{*db}.save(theirs); };
  EXPECT_EQ(failure_of(save), failure::constraint);
  EXPECT_EQ(complaint_of(save).find("agent.version: "), 0u);
  auto x = agents{*db}.profile("acme", "night-desk");
  EXPECT_EQ(x->prompt, "Be kind.");
  EXPECT_EQ(x->updated_at, 8);
  EXPECT_EQ(x->created_at, 7);
  auto rival_number = *x;
  rival_number.agent.phone_number = "+15550199";
  EXPECT_EQ(failure_of([&] { agents{*db}.save(rival_number); }),
            failure::constraint);
}

TEST_P(Tenants, HaveNoAgentsThatWereRemoved) {
  agents{*db}.remove("acme", "front-desk", 9);
  EXPECT_FALSE(agents{*db}.find("acme", "front-desk"));
  EXPECT_FALSE(agents{*db}.profile("acme", "front-desk"));
  EXPECT_FALSE(agents{*db}.find_by_number("+15550100"));
  EXPECT_TRUE(agents{*db}.list("acme").empty());
  EXPECT_THROW(agents{*db}.remove("acme", "front-desk", 9), not_found);
  EXPECT_TRUE(agents{*db}.find("rival", "front-desk"));
  auto heir = edited(); // its number is free again
  heir.agent.phone_number = "+15550100";
  agents{*db}.save(heir);
  EXPECT_EQ(agents{*db}.find_by_number("+15550100")->id, "night-desk");
}

TEST_P(Tenants, AreSeenByOperators) {
  db->execute("UPDATE organisations SET stripe_customer_id = 'cus_1', "
              "plan = 'PRO', reserved_seconds = 30, owed_seconds = 2 "
              "WHERE id = 'acme'");
  organisations orgs{*db};
  auto x = orgs.profile("acme");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->name, "Acme Clinic");
  EXPECT_EQ(x->plan, "PRO");
  EXPECT_EQ(x->credit_seconds, 600);
  EXPECT_EQ(x->reserved_seconds, 30);
  EXPECT_EQ(x->owed_seconds, 2);
  EXPECT_EQ(x->low_balance_seconds, 600);
  EXPECT_EQ(x->stripe_subscription_id, "");
  orgs.warn_below("acme", 60);
  EXPECT_EQ(orgs.profile("acme")->low_balance_seconds, 60);
  EXPECT_THROW(orgs.warn_below("nobody", 60), not_found);
  EXPECT_EQ(orgs.find_by_customer("cus_1")->id, "acme");
  EXPECT_FALSE(orgs.find_by_customer(""));
  ASSERT_EQ(orgs.list().size(), 2u);
  ASSERT_EQ(orgs.list("acme").size(), 1u);
  EXPECT_EQ(orgs.list("acme")[0].id, "rival");
}

TEST_P(Tenants, AreGoneButNotForgottenWhenRemoved) {
  organisations orgs{*db};
  orgs.remove("acme", 9);
  EXPECT_FALSE(orgs.find("acme"));
  EXPECT_EQ(orgs.list().size(), 1u);
  EXPECT_FALSE(agents{*db}.find_by_number("+15550100"));
  EXPECT_EQ(orgs.profile("acme")->deleted_at, 9);
  EXPECT_THROW(orgs.remove("acme", 10), not_found);
}

VELOX_ON_EVERY_ENGINE(Tenants);

} // namespace

} // namespace velox::persistence
