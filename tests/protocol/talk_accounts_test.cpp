#include "protocol/talk_accounts.hpp"

#include <gtest/gtest.h>

#include <random>

namespace velox {

namespace {

TEST(BillingRule, RoundsAsCarriersDo) {
  struct {
    billing_rule rule;
    int64_t talked;
    int64_t billed;
  } cases[] = {
    {{0, 1}, 0, 0},      {{0, 1}, 1, 1},    {{0, 1}, 61, 61},
    {{60, 60}, 0, 0},    {{60, 60}, 1, 60}, {{60, 60}, 60, 60},
    {{60, 60}, 61, 120}, {{60, 6}, 10, 60}, {{60, 6}, 61, 66},
    {{30, 6}, 30, 30},   {{0, 30}, 31, 60}, {{45, 30}, 31, 60},
    {{45, 30}, 30, 45},
  };
  for (auto& x : cases)
    EXPECT_EQ(x.rule.billed(x.talked), x.billed)
      << x.rule.minimum << "/" << x.rule.increment << " " << x.talked;
}

TEST(TalkAccounts, PayDebtBeforeTheyGiveCredit) {
  auto entry = grant_talk({0, 0, 100}, 30);
  EXPECT_EQ(entry.postings.owed, 30);
  EXPECT_EQ(entry.postings.available, 0);
  entry = grant_talk({0, 0, 20}, 30);
  EXPECT_EQ(entry.postings.owed, 20);
  EXPECT_EQ(entry.postings.available, 10);
  EXPECT_FALSE(entry.fits({0, 0, 21})) << "somebody has overdrawn meanwhile";
  EXPECT_TRUE(entry.fits({0, 50, 20}));
}

TEST(TalkAccounts, NeverReserveWhatIsNotThere) {
  call_account call;
  auto entry = reserve_talk({299, 0, 0}, call, 300);
  EXPECT_EQ(call.held, 299);
  EXPECT_TRUE(entry.fits({299, 0, 0}));
  EXPECT_FALSE(entry.fits({298, 1, 0})) << "another call was faster";
  call_account refused;
  reserve_talk({10, 0, 1}, refused, 300);
  EXPECT_EQ(refused.held, 0) << "whoever owes borrows no more";
}

TEST(TalkAccounts, OweWhatNothingCovers) {
  call_account call{20, 0, 0, {}};
  auto entry = charge_talk({5, 20, 0}, call, 30, 300);
  EXPECT_EQ(entry.postings.available, -5);
  EXPECT_EQ(entry.postings.reserved, -20);
  EXPECT_EQ(entry.postings.used, 30);
  EXPECT_EQ(entry.postings.owed, -5);
  EXPECT_EQ(call.held, 0);
  EXPECT_FALSE(entry.fits({6, 20, 0})) << "a grant came in between";
}

TEST(TalkAccounts, ChargeALaterLegOnlyForWhatTheRoundingHasNotPaid) {
  call_account call{300, 0, 0, {60, 60}};
  talk_accounts org{1000, 300, 0};
  org = after(org, settle_talk(org, call, 10).postings);
  EXPECT_EQ(call.billed, 60);
  org = after(org, reserve_talk(org, call, 300).postings);
  org = after(org, charge_talk(org, call, 30, 300).postings);
  EXPECT_EQ(call.billed, 60) << "40 s were talked, 60 s are paid";
  org = after(org, settle_talk(org, call, 25).postings);
  EXPECT_EQ(call.billed, 120) << "65 s";
  EXPECT_EQ(org.credit, 1300 - 120);
  EXPECT_EQ(org.reserved, 0);
}

/// Random histories: whatever happens, nothing is lost, nothing is made up, and
/// credit and debt exclude each other.
TEST(TalkAccounts, AddUpWhateverHappens) {
  for (uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random{seed};
    auto pick = [&](int64_t most) {
      return static_cast<int64_t>(random() % static_cast<uint64_t>(most + 1));
    };
    talk_accounts org;
    call_account calls[3];
    bool open[3] = {};
    for (auto& x : calls)
      x.rule = {pick(90), 1 + pick(60)};
    int64_t granted = 0;
    int64_t withdrawn = 0;
    for (int step = 0; step < 100; ++step) {
      auto which = random() % 3;
      auto& call = calls[which];
      talk_entry entry;
      switch (random() % 5) {
        case 0: entry = grant_talk(org, pick(400)); break;
        case 1: entry = withdraw_talk(org, pick(200)); break;
        case 2:
          if (open[which])
            continue;
          entry = reserve_talk(org, call, 1 + pick(300));
          open[which] = call.held > 0;
          break;
        case 3:
          if (!open[which])
            continue;
          entry = charge_talk(org, call, pick(60), 1 + pick(300));
          break;
        default:
          if (!open[which])
            continue;
          entry = settle_talk(org, call, pick(60));
          open[which] = false;
          EXPECT_EQ(call.billed, call.rule.billed(call.talked)) << seed;
          EXPECT_EQ(call.held, 0);
      }
      ASSERT_EQ(entry.postings.sum(), 0) << seed;
      ASSERT_TRUE(entry.fits(org)) << seed;
      granted -= entry.postings.granted;
      withdrawn += entry.postings.withdrawn;
      org = after(org, entry.postings);
      ASSERT_GE(org.credit, 0) << seed;
      ASSERT_GE(org.owed, 0) << seed;
      ASSERT_TRUE(org.credit == 0 || org.owed == 0) << seed;
      int64_t held = 0;
      int64_t billed = 0;
      for (auto& x : calls) {
        held += x.held;
        billed += x.billed;
        ASSERT_GE(x.held, 0) << seed;
        ASSERT_GE(x.billed, x.talked) << seed;
      }
      ASSERT_EQ(org.reserved, held) << seed;
      ASSERT_EQ(org.credit + org.reserved - org.owed,
                granted - withdrawn - billed)
        << seed;
    }
  }
}

} // namespace

} // namespace velox
