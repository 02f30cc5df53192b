#include "persistence/phone_numbers.hpp"

#include "tests/persistence/records.hpp"

namespace velox::persistence {

namespace {

class PhoneNumbers : public every_tenants_test {
protected:
  phone_numbers numbers{*db};

  static phone_number_record second() {
    return {"+15550102", "acme", "front-desk", "twilio", "PN1", 7};
  }

  /// The organisation whose agent answers; empty: none does.
  std::string answers(std::string_view number) {
    auto agent = agents{*db}.find_by_number(number);
    return agent ? agent->org_id : "";
  }
};

TEST_P(PhoneNumbers, AreKeptWithEveryField) {
  numbers.upsert(second());
  auto x = numbers.find("acme", "+15550102");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->org_id, "acme");
  EXPECT_EQ(x->agent_id, "front-desk");
  EXPECT_EQ(x->carrier, "twilio");
  EXPECT_EQ(x->carrier_id, "PN1");
  EXPECT_EQ(x->created_at, 7);
  EXPECT_EQ(numbers.list("acme").size(), 1u);
}

TEST_P(PhoneNumbers, LeadToTheirAgent) {
  EXPECT_EQ(answers("+15550102"), "");
  numbers.upsert(second());
  EXPECT_EQ(answers("+15550102"), "acme");
  EXPECT_EQ(answers("+15550100"), "acme") << "its own number, too";
  auto x = second();
  x.agent_id = "";
  numbers.upsert(x);
  EXPECT_EQ(answers("+15550102"), "") << "nobody answers it any more";
  EXPECT_EQ(numbers.find("acme", "+15550102")->agent_id, "");
}

TEST_P(PhoneNumbers, LeadToNoAgentThatIsOff) {
  numbers.upsert(second());
  auto agent = front_desk();
  agent.active = false;
  agents{*db}.upsert(agent);
  EXPECT_EQ(answers("+15550102"), "");
  agents{*db}.upsert(front_desk());
  EXPECT_EQ(answers("+15550102"), "acme");
  agents{*db}.remove("acme", "front-desk", 9);
  EXPECT_EQ(answers("+15550102"), "");
  EXPECT_EQ(answers("+15550100"), "");
  agents{*db}.upsert(front_desk());
  organisations{*db}.remove("acme", 9);
  EXPECT_EQ(answers("+15550102"), "");
  EXPECT_EQ(answers("+15550100"), "");
}

TEST_P(PhoneNumbers, BelongToOneOrganisation) {
  numbers.upsert(second());
  auto theirs = second();
  theirs.org_id = "rival";
  auto steal = [&] { numbers.upsert(theirs); };
  EXPECT_EQ(failure_of(steal), failure::constraint);
  EXPECT_EQ(complaint_of(steal).find("phone_number.number: "), 0u);
  EXPECT_EQ(answers("+15550102"), "acme");
  EXPECT_THROW(numbers.remove("rival", "+15550102"), not_found);
  EXPECT_FALSE(numbers.find("rival", "+15550102"));
}

TEST_P(PhoneNumbers, AreNotThoseOfAnotherAgentsRow) {
  auto x = second();
  x.number = "+15550199"; // the rival's agent has it in its row
  EXPECT_EQ(failure_of([&] { numbers.upsert(x); }), failure::constraint);
  // And the other way round.
  numbers.upsert(second());
  auto desk = rival_desk();
  desk.phone_number = "+15550102";
  EXPECT_EQ(failure_of([&] { agents{*db}.upsert(desk); }), failure::constraint);
}

TEST_P(PhoneNumbers, NeedTheirOrganisationAndAgent) {
  auto x = second();
  x.agent_id = "ghost";
  EXPECT_THROW(numbers.upsert(x), not_found);
  x.org_id = "nobody";
  x.agent_id = "";
  EXPECT_THROW(numbers.upsert(x), not_found);
}

TEST_P(PhoneNumbers, CanBeGivenBack) {
  numbers.upsert(second());
  numbers.remove("acme", "+15550102");
  EXPECT_EQ(answers("+15550102"), "");
  auto theirs = second();
  theirs.org_id = "rival";
  numbers.upsert(theirs);
  EXPECT_EQ(answers("+15550102"), "rival");
}

VELOX_ON_EVERY_ENGINE(PhoneNumbers);

} // namespace

} // namespace velox::persistence
