#include "persistence/users.hpp"

#include "tests/persistence/records.hpp"

namespace velox::persistence {

namespace {

class Users : public every_tenants_test {
protected:
  users people{*db};

  static user_record ann() {
    return {"acme", "user_1", "ann@acme.test", "Ann", user_role::admin, 7};
  }
};

TEST_P(Users, AreKeptWithEveryField) {
  people.upsert(ann());
  auto x = people.find("acme", "user_1");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->org_id, "acme");
  EXPECT_EQ(x->email, "ann@acme.test");
  EXPECT_EQ(x->name, "Ann");
  EXPECT_EQ(x->role, user_role::admin);
  EXPECT_EQ(x->created_at, 7);
}

TEST_P(Users, HaveEveryRole) {
  for (auto role : {user_role::viewer, user_role::editor, user_role::admin}) {
    auto x = ann();
    x.role = role;
    x.created_at = 99; // when it was added does not change
    people.upsert(x);
    EXPECT_EQ(people.find("acme", "user_1")->role, role);
  }
  EXPECT_EQ(people.list("acme").size(), 1u);
}

TEST_P(Users, BelongToSeveralOrganisations) {
  people.upsert(ann());
  auto guest = ann();
  guest.org_id = "rival";
  guest.role = user_role::viewer;
  people.upsert(guest);
  auto all = people.memberships("user_1");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].role, user_role::admin);
  EXPECT_EQ(all[1].org_id, "rival");
  EXPECT_EQ(all[1].role, user_role::viewer);
  organisations{*db}.remove("rival", 8);
  EXPECT_EQ(people.memberships("user_1").size(), 1u)
    << "a removed organisation lets nobody in";
}

TEST_P(Users, ShareNoEmail) {
  people.upsert(ann());
  auto other = ann();
  other.id = "user_2";
  EXPECT_EQ(failure_of([&] { people.upsert(other); }), failure::constraint);
  people.remove("acme", "user_1", 9);
  people.upsert(other);
  other.id = "user_3";
  other.email = ""; // unknown ones are no rivals
  people.upsert(other);
  other.id = "user_4";
  people.upsert(other);
  EXPECT_EQ(people.list("acme").size(), 3u);
}

TEST_P(Users, AreGoneWhenRemovedAndBackWhenAdded) {
  people.upsert(ann());
  people.remove("acme", "user_1", 9);
  EXPECT_FALSE(people.find("acme", "user_1"));
  EXPECT_TRUE(people.list("acme").empty());
  EXPECT_TRUE(people.memberships("user_1").empty());
  EXPECT_THROW(people.remove("acme", "user_1", 10), not_found);
  people.upsert(ann());
  EXPECT_TRUE(people.find("acme", "user_1"));
}

TEST_P(Users, NeedAnOrganisation) {
  auto x = ann();
  x.org_id = "nobody";
  EXPECT_THROW(people.upsert(x), not_found);
}

VELOX_ON_EVERY_ENGINE(Users);

} // namespace

} // namespace velox::persistence
