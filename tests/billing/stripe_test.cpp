#include "persistence/stripe_accounts.hpp"
#include "persistence/webhook_deliveries.hpp"
#include "protocol/stripe_event.hpp"
#include "protocol/stripe_signature.hpp"
#include "tests/billing/billing_fixture.hpp"

#include <gmock/gmock.h>

namespace velox::test {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class StripeWire : public billing_test {
protected:
  StripeWire() {
    billing::stripe_worker_options worker{store, api(), clock_now};
    worker.every = 100ms;
    auto hdl = keep(sys.spawn(billing::stripe_worker, worker));
    http::router routes;
    billing::add_stripe_webhook(routes, sys,
                                {stripe_secret, store, hdl, clock_now});
    billing::checkout_options checkout{api(), store};
    checkout.prices = {{"STARTER", "price_s"}, {"PRO", ""}};
    checkout.minute_price = 5;
    checkout.currency = "usd";
    checkout.success_url = "https://app.test/ok";
    checkout.cancel_url = "https://app.test/no";
    checkout.time_of_day = clock_now;
    billing::add_checkout(routes, sys, checkout, admin_key);
    listen(std::move(routes));
  }

  wire_answer deliver(const std::string& body, std::string signature = "") {
    if (signature.empty())
      signature
        = stripe::signature_header(stripe_secret, clock_now() / 1'000, body);
    auto x = to_us("POST", "/stripe/webhook", body);
    x.headers.emplace_back("Stripe-Signature", signature);
    return ask(std::move(x));
  }

  int64_t credit() {
    auto db = own.open();
    return persistence::stripe_accounts{*db}.find("acme")->credit_seconds;
  }

  std::string plan() {
    auto db = own.open();
    return persistence::stripe_accounts{*db}.find("acme")->plan;
  }

  std::string checkout_body
    = stripe_sent{"evt_1", "checkout.session.completed", 10,
                  checkout_object("cs_1", "acme", 60, "pi_1")}
        .body();
};

} // namespace

TEST_P(StripeWire, WhatIsPaidIsCreditedOnceHoweverOftenItIsTold) {
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(deliver(checkout_body).status, 200);
  EXPECT_TRUE(eventually([&] { return credit() == 3600; }));
  EXPECT_EQ(deliver(checkout_body).status, 200);
  auto db = own.open();
  auto found = db->query("SELECT COUNT(*) FROM webhook_deliveries "
                         "WHERE status = 'applied'");
  ASSERT_TRUE(found.next());
  EXPECT_EQ(found.integer(0), 1);
}

TEST_P(StripeWire, RefusesWhatIsNotFromStripe) {
  auto at = clock_now() / 1'000;
  auto sign = [&](const char* secret, int64_t time) {
    return stripe::signature_header(secret, time, checkout_body);
  };
  for (auto& signature :
       {sign("whsec_wrong", at), sign(stripe_secret, at - 301),
        sign(stripe_secret, at + 310), std::string{"t=1"}}) {
    auto answer = deliver(checkout_body, signature);
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("STRIPE_WEBHOOK_SECRET"));
  }
  EXPECT_EQ(deliver(checkout_body + " ", sign(stripe_secret, at)).status, 400);
  auto thin = R"({"object":"v2.core.event","id":"evt_9"})";
  EXPECT_THAT(deliver(thin).body, HasSubstr("thin event"));
  // While a secret is rolled there are two.
  auto two
    = sign("whsec_wrong", at) + ",v1="
      + stripe::sign_v1(stripe_secret, std::to_string(at), checkout_body);
  EXPECT_EQ(deliver(checkout_body, two).status, 200);
  EXPECT_TRUE(eventually([&] { return credit() == 3600; }));
}

TEST_P(StripeWire, AnswersWith503WhileTheDatabaseIsAway) {
  caf::anon_send_exit(store, caf::exit_reason::kill);
  EXPECT_TRUE(eventually([&] { return deliver(checkout_body).status == 503; }));
}

TEST_P(StripeWire, AsksStripeWhichOfTwoNewsIsTheNewer) {
  deliver(stripe_sent{"evt_0", "checkout.session.completed", 10,
                      plan_checkout_object("cs_1", "acme", "sub_1")}
            .body());
  stripe.set_subscription(
    "sub_1", subscription_object("sub_1", "acme", "active", "price_e"));
  for (auto* id : {"evt_1", "evt_2"})
    deliver(
      stripe_sent{id, "customer.subscription.updated", 20,
                  subscription_object("sub_1", "acme", "active", "price_p")}
        .body());
  EXPECT_TRUE(eventually([&] { return plan() == "ENTERPRISE"; }));
}

TEST_P(StripeWire, FindsARefundsInvoiceThroughTheApi) {
  deliver(stripe_sent{"evt_0", "checkout.session.completed", 10,
                      plan_checkout_object("cs_1", "acme", "sub_1")}
            .body());
  deliver(stripe_sent{
    "evt_1", "invoice.paid", 11,
    invoice_object("in_1", "acme", "sub_1", "price_s", 4900, "", true)}
            .body());
  EXPECT_TRUE(eventually([&] { return credit() == 60'000; }));
  stripe.set_invoice("pi_7", "in_1");
  deliver(stripe_sent{"evt_2", "charge.refunded", 12,
                      charge_object("ch_1", "pi_7", 4900, 2450)}
            .body());
  EXPECT_TRUE(eventually([&] { return credit() == 30'000; }));
}

TEST_P(StripeWire, SellsPlansAndMinutesToOneCustomer) {
  auto plan = ask(to_us("POST", "/api/v1/billing/checkout",
                        R"({"org_id":"acme","plan":"STARTER"})"));
  EXPECT_EQ(plan.status, 200) << plan.body;
  EXPECT_THAT(stripe::read_member(plan.body, "url"),
              HasSubstr("https://checkout.stripe.test/"));
  auto minutes = ask(to_us("POST", "/api/billing/checkout",
                           R"({"org_id":"acme","minutes":60})"));
  EXPECT_EQ(minutes.status, 200) << minutes.body;
  EXPECT_EQ(stripe.made("/v1/customers"), 1);
  auto forms = stripe.forms("/v1/checkout/sessions");
  ASSERT_EQ(forms.size(), 2u);
  EXPECT_EQ(forms[0].get("line_items[0][price]"), "price_s");
  EXPECT_EQ(forms[0].get("customer"), "cus_1");
  EXPECT_EQ(forms[1].get("metadata[minutes]"), "60");
  EXPECT_EQ(forms[1].get("line_items[0][quantity]"), "60");
  auto portal
    = ask(to_us("POST", "/api/v1/billing/portal", R"({"org_id":"acme"})"));
  EXPECT_EQ(portal.status, 200);
  EXPECT_THAT(portal.body, HasSubstr("portal"));
}

TEST_P(StripeWire, RefusesOrdersThatMakeNoSense) {
  struct test_case {
    const char* body;
    int status;
    const char* says;
  };
  for (auto& x :
       {test_case{"", 400, "JSON"},
        test_case{R"({"plan":"STARTER"})", 400, "org_id"},
        test_case{R"({"org_id":"acme"})", 400, "plan or minutes"},
        test_case{R"({"org_id":"acme","plan":"X"})", 400,
                  "STARTER, PRO and ENTERPRISE"},
        test_case{R"({"org_id":"acme","plan":"PRO"})", 501,
                  "STRIPE_PRO_PRICE_ID"},
        test_case{R"({"org_id":"acme","minutes":-1})", 400, "range"},
        test_case{R"({"org_id":"nobody","plan":"STARTER"})", 404, "no such"}}) {
    auto answer = ask(to_us("POST", "/api/v1/billing/checkout", x.body));
    EXPECT_EQ(answer.status, x.status) << x.body;
    EXPECT_THAT(answer.body, HasSubstr(x.says));
  }
  EXPECT_EQ(ask(to_us("POST", "/api/v1/billing/checkout",
                      R"({"org_id":"acme","plan":"STARTER"})", "wrong"))
              .status,
            401);
  EXPECT_EQ(stripe.made("/v1/checkout/sessions"), 0);
}

TEST_P(StripeWire, AnAnswerThatIsLostMakesNothingTwice) {
  stripe.next({});                    // the customer
  stripe.next({.lose_answer = true}); // the session is made, nobody hears
  auto answer = ask(to_us("POST", "/api/v1/billing/checkout",
                          R"({"org_id":"acme","plan":"STARTER"})"));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(stripe.made("/v1/checkout/sessions"), 1);
  EXPECT_EQ(stripe.server().requests(), 3);
}

TEST_P(StripeWire, RetriesAsStripeAsks) {
  struct test_case {
    fake_stripe::mischief what;
    int requests;
    bool ok;
  };
  for (auto& x :
       {test_case{{.status = 500}, 2, true}, test_case{{.busy = true}, 2, true},
        test_case{{.status = 429}, 2, true},
        test_case{{.status = 400, .should_retry = "true"}, 2, true},
        test_case{{.status = 500, .should_retry = "false"}, 1, false},
        test_case{{.status = 402}, 1, false}}) {
    auto before = stripe.server().requests();
    stripe.next(x.what);
    std::promise<billing::stripe_reply> told;
    api().post("/v1/customers", form{}.add("name", "x"),
               "key" + std::to_string(before),
               [&](billing::stripe_reply y) { told.set_value(std::move(y)); });
    auto reply = told.get_future().get();
    EXPECT_EQ(reply.ok(), x.ok) << reply.problem;
    EXPECT_EQ(stripe.server().requests() - before, x.requests);
    EXPECT_THAT(reply.problem, Not(HasSubstr(stripe_key)));
    EXPECT_THAT(reply.problem, Not(HasSubstr("nobody repeats")));
  }
}

TEST_P(StripeWire, GivesUpAfterFourAttempts) {
  for (int i = 0; i < 10; ++i)
    stripe.next({.status = 503});
  auto answer
    = ask(to_us("POST", "/api/v1/billing/portal", R"({"org_id":"acme"})"));
  EXPECT_EQ(answer.status, 502);
  EXPECT_THAT(answer.body, HasSubstr("Stripe answered 503"));
  EXPECT_EQ(stripe.server().requests(), 4);
}

TEST_P(StripeWire, AClientsOwnKeyStandsForOnePage) {
  auto x = to_us("POST", "/api/v1/billing/checkout",
                 R"({"org_id":"acme","plan":"STARTER"})");
  x.headers.emplace_back("Idempotency-Key", "order 7");
  auto first = ask(x);
  EXPECT_EQ(ask(x).body, first.body);
  EXPECT_EQ(stripe.made("/v1/checkout/sessions"), 1);
}

TEST_P(StripeWire, WithoutAKeyNothingIsSold) {
  std::promise<billing::stripe_reply> told;
  api("").post("/v1/customers", {}, "key",
               [&](billing::stripe_reply x) { told.set_value(std::move(x)); });
  EXPECT_THAT(told.get_future().get().problem,
              HasSubstr("set STRIPE_SECRET_KEY"));
  EXPECT_EQ(stripe.server().requests(), 0);
}

VELOX_ON_EVERY_ENGINE(StripeWire);

} // namespace velox::test
