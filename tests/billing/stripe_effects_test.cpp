#include "persistence/ledger.hpp"
#include "persistence/stripe_inbox.hpp"
#include "persistence/webhook_deliveries.hpp"
#include "tests/billing/stripe_events.hpp"
#include "tests/persistence/records.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <random>

namespace velox::persistence {

namespace {

using namespace velox::test;
using testing::HasSubstr;

constexpr unix_ms now = 1'800'000'000'000;
constexpr int64_t day = 86'400'000;

class StripeEffects : public every_tenants_test {
protected:
  /// Keeps the event and carries out whatever is due.
  stripe_event_applied send(const stripe_sent& x) {
    stripe_inbox inbox{*db, sold};
    inbox.keep(x.kept(now));
    stripe_event_applied mine;
    for (auto& one : carry_out(now))
      if (one.event_id == x.id)
        mine = one;
    return mine;
  }

  /// Carries out what is due, asking the API of this test where it must.
  std::vector<stripe_event_applied> carry_out(unix_ms at) {
    stripe_inbox inbox{*db, sold};
    std::vector<stripe_event_applied> all;
    for (;;) {
      auto one = inbox.apply({at, "", "", ""});
      if (one.event_id.empty())
        return all;
      if (one.asks == stripe_question::subscription
          && !api_subscription.empty())
        one = inbox.apply({at, one.event_id, api_subscription, ""});
      else if (one.asks == stripe_question::invoice && !api_invoice.empty())
        one = inbox.apply({at, one.event_id, "", api_invoice});
      all.push_back(one);
    }
  }

  std::string status_of(const std::string& event) {
    auto found = db->query("SELECT status FROM webhook_deliveries "
                           "WHERE event_id = $1",
                           event);
    return found.next() ? found.text(0) : "none";
  }

  billing_account account(const char* org = "acme") {
    return *stripe_accounts{*db}.find(org);
  }

  /// The sum of an account's postings.
  int64_t posted(const char* account) {
    auto found = db->query("SELECT COALESCE(CAST(SUM(seconds) AS BIGINT), 0) "
                           "FROM ledger_postings WHERE org_id = 'acme' "
                           "AND account = $1",
                           account);
    found.next();
    return found.integer(0);
  }

  int64_t before = account().credit_seconds;
  stripe_catalogue sold = test_catalogue();
  std::string api_subscription;
  std::string api_invoice;
};

} // namespace

TEST_P(StripeEffects, GrantsBoughtMinutesOnce) {
  stripe_sent x{"evt_1", "checkout.session.completed", 10,
                checkout_object("cs_1", "acme", 60, "pi_1")};
  EXPECT_EQ(send(x).status, "applied");
  EXPECT_EQ(account().credit_seconds, before + 3600);
  EXPECT_EQ(account().customer_id, "cus_acme");
  // The same event, then another event of the same session.
  EXPECT_EQ(send(x).status, "");
  x.id = "evt_2";
  x.type = "checkout.session.async_payment_succeeded";
  EXPECT_EQ(send(x).status, "applied");
  EXPECT_EQ(account().credit_seconds, before + 3600);
  EXPECT_EQ(account("rival").customer_id, "");
}

TEST_P(StripeEffects, WaitsForTheMoney) {
  EXPECT_EQ(send({"evt_1", "checkout.session.completed", 10,
                  checkout_object("cs_1", "acme", 60, "pi_1", "unpaid")})
              .status,
            "ignored");
  EXPECT_EQ(account().credit_seconds, before);
  EXPECT_EQ(send({"evt_2", "checkout.session.async_payment_succeeded", 11,
                  checkout_object("cs_1", "acme", 60, "pi_1")})
              .status,
            "applied");
  EXPECT_EQ(account().credit_seconds, before + 3600);
}

TEST_P(StripeEffects, GrantsAPlanWithEachPaidInvoiceInBothShapes) {
  send({"evt_1", "checkout.session.completed", 10,
        plan_checkout_object("cs_1", "acme", "sub_1")});
  EXPECT_EQ(account().subscription_id, "sub_1");
  for (auto* type : {"invoice.paid", "invoice.payment_succeeded"})
    send({std::string{"evt_a"} + type, type, 11,
          invoice_object("in_1", "acme", "sub_1", "price_s", 4900, "pi_1",
                         false)});
  EXPECT_EQ(account().credit_seconds, before + 60'000);
  // A trial or a coupon: nothing was paid, and the plan counts all the same.
  EXPECT_EQ(
    send({"evt_3", "invoice.paid", 12,
          invoice_object("in_2", "acme", "sub_1", "price_p", 0, "", true)})
      .status,
    "applied");
  EXPECT_EQ(account().credit_seconds, before + 360'000);
  EXPECT_EQ(account().plan, "PREPAID"); // that follows the subscription
}

TEST_P(StripeEffects, FollowsTheNewestNewsOfASubscription) {
  send({"evt_0", "checkout.session.completed", 10,
        plan_checkout_object("cs_1", "acme", "sub_1")});
  auto news = [&](const char* id, const char* kind, int64_t at,
                  const char* status, const char* price) {
    return send({id, std::string{"customer.subscription."} + kind, at,
                 subscription_object("sub_1", "acme", status, price)})
      .status;
  };
  EXPECT_EQ(news("evt_2", "updated", 20, "active", "price_p"), "applied");
  EXPECT_EQ(account().plan, "PRO");
  EXPECT_EQ(news("evt_1", "created", 15, "incomplete", "price_s"), "ignored");
  EXPECT_EQ(account().plan, "PRO");
  EXPECT_EQ(news("evt_3", "updated", 21, "unpaid", "price_p"), "applied");
  EXPECT_EQ(account().plan, "PREPAID");
  EXPECT_EQ(account().status, "unpaid");
  EXPECT_EQ(news("evt_4", "updated", 22, "past_due", "price_e"), "applied");
  EXPECT_EQ(account().plan, "ENTERPRISE");
  EXPECT_EQ(news("evt_5", "deleted", 19, "canceled", "price_e"), "applied");
  EXPECT_EQ(account().plan, "PREPAID");
  EXPECT_EQ(news("evt_6", "updated", 99, "active", "price_e"), "ignored");
  EXPECT_EQ(account().plan, "PREPAID");
}

TEST_P(StripeEffects, ReadsTheSubscriptionAgainWhenTwoEventsAreOfOneSecond) {
  send({"evt_0", "checkout.session.completed", 10,
        plan_checkout_object("cs_1", "acme", "sub_1")});
  send({"evt_2", "customer.subscription.updated", 20,
        subscription_object("sub_1", "acme", "active", "price_p")});
  stripe_sent tie{
    "evt_1", "customer.subscription.created", 20,
    subscription_object("sub_1", "acme", "incomplete", "price_s")};
  auto said = send(tie);
  EXPECT_EQ(said.status, "waiting");
  EXPECT_EQ(said.asks, stripe_question::subscription);
  EXPECT_EQ(said.about, "sub_1");
  EXPECT_EQ(account().plan, "PRO");
  api_subscription = subscription_object("sub_1", "acme", "active", "price_e");
  carry_out(now + day);
  EXPECT_EQ(account().plan, "ENTERPRISE");
  EXPECT_EQ(status_of("evt_1"), "applied");
}

TEST_P(StripeEffects, AnInvoiceThatComesFirstWaitsForItsCustomer) {
  stripe_sent invoice{
    "evt_1", "invoice.paid", 11,
    invoice_object("in_1", "acme", "sub_1", "price_s", 4900, "pi_1", true)};
  EXPECT_EQ(send(invoice).status, "waiting");
  EXPECT_EQ(account().credit_seconds, before);
  send({"evt_0", "checkout.session.completed", 10,
        plan_checkout_object("cs_1", "acme", "sub_1")});
  EXPECT_EQ(status_of("evt_1"), "applied"); // without any wait
  EXPECT_EQ(account().credit_seconds, before + 60'000);
}

TEST_P(StripeEffects, GivesUpOnStrangersVisibly) {
  send({"evt_1", "invoice.paid", 11,
        invoice_object("in_1", "nobody", "sub_9", "price_s", 1, "", true)});
  for (int i = 1; i <= 30; ++i)
    carry_out(now + i * day);
  EXPECT_EQ(status_of("evt_1"), "failed");
  auto seen = webhook_deliveries{*db}.troubled(10);
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_THAT(seen[0].problem, HasSubstr("no organisation has this customer"));
  EXPECT_EQ(seen[0].attempts, 12);
  // Once the organisation is linked, an operator has it tried again.
  stripe_accounts{*db}.link("acme", "cus_nobody");
  webhook_deliveries{*db}.retry("evt_1", now);
  carry_out(now);
  EXPECT_EQ(status_of("evt_1"), "applied");
  EXPECT_THROW(webhook_deliveries{*db}.retry("evt_1", now), not_found);
}

TEST_P(StripeEffects, SaysWhatTheOperatorHasToSet) {
  auto x
    = send({"evt_1", "invoice.paid", 11,
            invoice_object("in_1", "acme", "sub_1", "price_x", 1, "", true)});
  EXPECT_EQ(x.status, "failed");
  EXPECT_THAT(x.problem, HasSubstr("price_x"));
  EXPECT_THAT(x.problem, HasSubstr("stripe.starter_price_id"));
  stripe_sent live{
    "evt_2", "invoice.paid", 11,
    invoice_object("in_1", "acme", "sub_1", "price_s", 1, "", true), true};
  x = send(live);
  EXPECT_EQ(x.status, "failed");
  EXPECT_THAT(x.problem, HasSubstr("live mode"));
  EXPECT_EQ(account().credit_seconds, before);
}

TEST_P(StripeEffects, TakesRefundsBackInProportionAndOnce) {
  send({"evt_1", "checkout.session.completed", 10,
        checkout_object("cs_1", "acme", 60, "pi_1")});
  auto refund = [&](const char* id, int64_t cents) {
    return send({id, "charge.refunded", 20,
                 charge_object("ch_1", "pi_1", 300, cents)})
      .status;
  };
  EXPECT_EQ(refund("evt_2", 100), "applied");
  EXPECT_EQ(account().credit_seconds, before + 2400);
  EXPECT_EQ(refund("evt_3", 100), "ignored");
  EXPECT_EQ(refund("evt_4", 300), "applied");
  EXPECT_EQ(account().credit_seconds, before);
  EXPECT_EQ(refund("evt_5", 200), "ignored"); // late
  EXPECT_EQ(posted("withdrawn"), 3600);
}

TEST_P(StripeEffects, ARefundThatComesFirstWaitsForItsPayment) {
  EXPECT_EQ(send({"evt_2", "charge.refunded", 20,
                  charge_object("ch_1", "pi_1", 300, 150)})
              .asks,
            stripe_question::invoice);
  EXPECT_EQ(account().credit_seconds, before);
  send({"evt_1", "checkout.session.completed", 10,
        checkout_object("cs_1", "acme", 60, "pi_1")});
  EXPECT_EQ(account().credit_seconds, before + 1800);
}

TEST_P(StripeEffects, FindsAnInvoicesRefundThroughTheApi) {
  send({"evt_0", "checkout.session.completed", 10,
        plan_checkout_object("cs_1", "acme", "sub_1")});
  send({"evt_1", "invoice.paid", 11,
        invoice_object("in_1", "acme", "sub_1", "price_s", 4900, "", true)});
  api_invoice = "in_1";
  EXPECT_EQ(send({"evt_2", "charge.refunded", 20,
                  charge_object("ch_1", "pi_1", 4900, 4900)})
              .status,
            "applied");
  EXPECT_EQ(account().credit_seconds, before);
}

TEST_P(StripeEffects, HostileTextsAreOnlyTexts) {
  for (auto* text : {"' OR 1=1 --", "acme'; DROP TABLE organisations;", "%",
                     "\xc3\xa9", ""}) {
    auto x
      = send({std::string{"evt_"} + text + "1", "checkout.session.completed",
              10, checkout_object("cs_1", text, 60, "pi_1")});
    EXPECT_NE(x.status, "applied") << text;
  }
  EXPECT_EQ(account().credit_seconds, before);
  EXPECT_EQ(posted("granted"), -before);
}

namespace {

/// What can be seen of an organisation's money in the end.
struct picture {
  std::string plan;
  std::string status;
  int64_t credit = 0;
  int64_t granted = 0;
  int64_t withdrawn = 0;
  bool operator==(const picture&) const = default;
};

/// A life with Stripe: two subscriptions, top-ups, refunds of both.
std::vector<stripe_sent> history() {
  auto sub = [](const char* id, const char* kind, int64_t at, const char* sub,
                const char* status, const char* price) {
    return stripe_sent{id, std::string{"customer.subscription."} + kind, at,
                       subscription_object(sub, "acme", status, price)};
  };
  auto paid
    = [](const char* id, const char* type, int64_t at, const char* in,
         const char* price, int64_t amount, const char* intent, bool basil) {
        return stripe_sent{
          id, type, at,
          invoice_object(in, "acme", "sub_1", price, amount, intent, basil)};
      };
  auto refund = [](const char* id, int64_t at, const char* charge,
                   const char* intent, int64_t amount, int64_t refunded) {
    return stripe_sent{id, "charge.refunded", at,
                       charge_object(charge, intent, amount, refunded)};
  };
  return {
    {"e01", "checkout.session.completed", 10,
     plan_checkout_object("cs_1", "acme", "sub_1")},
    sub("e02", "created", 11, "sub_1", "incomplete", "price_s"),
    paid("e03", "invoice.paid", 12, "in_1", "price_s", 4900, "pi_1", false),
    paid("e04", "invoice.payment_succeeded", 12, "in_1", "price_s", 4900,
         "pi_1", true),
    sub("e05", "updated", 13, "sub_1", "active", "price_s"),
    {"e06", "checkout.session.completed", 14,
     checkout_object("cs_2", "acme", 100, "pi_2")},
    refund("e07", 15, "ch_2", "pi_2", 500, 120),
    sub("e08", "updated", 16, "sub_1", "past_due", "price_p"),
    paid("e09", "invoice.paid", 17, "in_2", "price_p", 9900, "pi_3", false),
    refund("e10", 18, "ch_2", "pi_2", 500, 500),
    sub("e11", "deleted", 19, "sub_1", "canceled", "price_p"),
    {"e12", "checkout.session.completed", 20,
     plan_checkout_object("cs_3", "acme", "sub_2")},
    sub("e13", "created", 21, "sub_2", "active", "price_e"),
    refund("e14", 22, "ch_3", "pi_3", 9900, 3300),
    {"e15", "checkout.session.async_payment_succeeded", 23,
     checkout_object("cs_4", "acme", 7, "pi_4")},
  };
}

} // namespace

TEST_P(StripeEffects, EveryOrderOfAHistoryEndsTheSame) {
  auto events = history();
  picture first;
  const unsigned rounds = on_postgres() ? 12 : 60;
  for (unsigned seed = 0; seed < rounds; ++seed) {
    test_database own{GetParam()};
    db = own.open();
    add_tenants(*db);
    std::mt19937 dice{seed};
    auto sent = events;
    if (seed > 0) {
      for (int i = 0; i < 8; ++i)
        sent.push_back(events[dice() % events.size()]);
      // And Stripe's own second events about the same thing.
      for (auto& x : sent)
        if (dice() % 8 == 0)
          x.id += "-again";
      for (auto& x : events)
        if (std::none_of(sent.begin(), sent.end(),
                         [&](auto& y) { return y.object == x.object; }))
          sent.push_back(x);
      std::shuffle(sent.begin(), sent.end(), dice);
    }
    stripe_inbox inbox{*db, sold};
    auto time = now;
    // A tie is read again from Stripe, which knows how it ended.
    api_subscription
      = subscription_object("sub_2", "acme", "active", "price_e");
    api_invoice = "none";
    for (auto& x : sent) {
      inbox.keep(x.kept(time));
      if (dice() % 3 == 0)
        carry_out(time);
      time += 1'000;
    }
    for (int i = 0; i < 3; ++i)
      carry_out(time += day);
    picture last{account().plan, account().status, account().credit_seconds,
                 posted("granted"), posted("withdrawn")};
    if (seed == 0) {
      first = last;
      EXPECT_EQ(last.plan, "ENTERPRISE");
      EXPECT_EQ(last.granted, -(before + 60'000 + 6'000 + 300'000 + 420));
      EXPECT_EQ(last.withdrawn, 6'000 + 100'000);
      EXPECT_EQ(last.credit, -last.granted - last.withdrawn);
    }
    ASSERT_EQ(last, first) << "seed " << seed << ": " << last.plan << " "
                           << last.status << " " << last.credit << " "
                           << last.granted << " " << last.withdrawn;
    ASSERT_EQ(webhook_deliveries{*db}.troubled(10).size(), 0u)
      << "seed " << seed;
  }
}

VELOX_ON_EVERY_ENGINE(StripeEffects);

} // namespace velox::persistence
