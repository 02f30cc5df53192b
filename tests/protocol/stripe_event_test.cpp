#include "protocol/stripe_event.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

using namespace velox;
using testing::HasSubstr;

namespace {

std::string event_of(const std::string& type, const std::string& object) {
  return R"({"id":"evt_1","object":"event","api_version":"2026-07-29.dahlia",)"
         R"("created":1767225600,"livemode":true,"request":null,"type":")"
         + type + R"(","data":{"object":)" + object + "}}";
}

template <class T>
T read(const std::string& type, const std::string& object) {
  stripe::event out;
  EXPECT_EQ(stripe::read_event(event_of(type, object), out), "");
  EXPECT_TRUE(std::holds_alternative<T>(out.object)) << type;
  return std::holds_alternative<T>(out.object) ? std::get<T>(out.object) : T{};
}

constexpr auto old_invoice = R"({"id":"in_1","object":"invoice",
  "customer":"cus_1","subscription":"sub_1","payment_intent":"pi_1",
  "charge":"ch_1","paid":true,"amount_paid":4900,"currency":"usd",
  "billing_reason":"subscription_cycle",
  "subscription_details":{"metadata":{"org_id":"acme"}},
  "lines":{"data":[{"amount":-100,"proration":true,"price":{"id":"price_0"}},
                   {"amount":4900,"price":{"id":"price_1"}}]}})";

constexpr auto new_invoice = R"({"id":"in_1","object":"invoice",
  "customer":{"id":"cus_1","object":"customer"},"status":"paid",
  "amount_paid":4900,"currency":"usd","billing_reason":"subscription_cycle",
  "parent":{"type":"subscription_details","subscription_details":{
    "subscription":"sub_1","metadata":{"org_id":"acme"}}},
  "payments":{"data":[{"payment":{"type":"payment_intent",
    "payment_intent":"pi_1","charge":"ch_1"}}]},
  "lines":{"data":[
    {"amount":-100,"pricing":{"price_details":{"price":"price_0"}},
     "parent":{"subscription_item_details":{"proration":true}}},
    {"amount":4900,"pricing":{"price_details":{"price":"price_1"}}}]}})";

} // namespace

TEST(StripeEvent, ReadsTheEnvelope) {
  stripe::event out;
  auto text = event_of("invoice.paid", old_invoice);
  EXPECT_EQ(stripe::read_event(text, out), "");
  EXPECT_EQ(out.id, "evt_1");
  EXPECT_EQ(out.type, "invoice.paid");
  EXPECT_EQ(out.created, 1767225600);
  EXPECT_EQ(out.object_id, "in_1");
  EXPECT_TRUE(out.livemode);
}

TEST(StripeEvent, ReadsInvoicesFromBeforeAndAfterBasil) {
  for (auto* shape : {old_invoice, new_invoice})
    for (auto* type : {"invoice.paid", "invoice.payment_succeeded"}) {
      auto x = read<stripe::invoice>(type, shape);
      EXPECT_EQ(x.id, "in_1");
      EXPECT_EQ(x.customer, "cus_1");
      EXPECT_EQ(x.subscription, "sub_1");
      EXPECT_EQ(x.payment_intent, "pi_1");
      EXPECT_EQ(x.charge, "ch_1");
      EXPECT_EQ(x.org_id, "acme");
      EXPECT_EQ(x.amount_paid, 4900);
      EXPECT_TRUE(x.paid);
      ASSERT_EQ(x.lines.size(), 2u);
      EXPECT_TRUE(x.lines[0].proration);
      EXPECT_EQ(x.lines[1].price, "price_1");
      EXPECT_FALSE(x.lines[1].proration);
    }
}

TEST(StripeEvent, ReadsCheckoutSessions) {
  auto x = read<stripe::checkout_session>(
    "checkout.session.completed",
    R"({"id":"cs_1","mode":"payment","payment_status":"paid",
        "customer":"cus_1","payment_intent":{"id":"pi_1"},
        "client_reference_id":"other","amount_total":500,"currency":"inr",
        "metadata":{"org_id":"acme","minutes":"60"}})");
  EXPECT_EQ(x.org_id, "acme");
  EXPECT_EQ(x.minutes, 60);
  EXPECT_EQ(x.payment_intent, "pi_1");
  EXPECT_TRUE(x.paid());
  auto y = read<stripe::checkout_session>(
    "checkout.session.async_payment_succeeded",
    R"({"id":"cs_2","mode":"subscription","payment_status":"unpaid",
        "client_reference_id":"acme","subscription":"sub_1",
        "metadata":{},"customer":null})");
  EXPECT_EQ(y.org_id, "acme");
  EXPECT_EQ(y.minutes, 0);
  EXPECT_EQ(y.customer, "");
  EXPECT_FALSE(y.paid());
}

TEST(StripeEvent, ReadsSubscriptionsAndCharges) {
  auto x = read<stripe::subscription>(
    "customer.subscription.deleted",
    R"({"id":"sub_1","customer":"cus_1","status":"canceled",
        "metadata":{"org_id":"acme"},
        "items":{"data":[{"price":{"id":"price_1"}},{"price":"price_2"}]}})");
  EXPECT_EQ(x.prices, (std::vector<std::string>{"price_1", "price_2"}));
  EXPECT_EQ(x.status, "canceled");
  auto y = read<stripe::charge>(
    "charge.refunded",
    R"({"id":"ch_1","payment_intent":"pi_1","customer":"cus_1","amount":4900,
        "amount_refunded":1000,"currency":"usd","refunded":false})");
  EXPECT_EQ(y.amount_refunded, 1000);
  EXPECT_EQ(y.payment_intent, "pi_1");
  EXPECT_EQ(y.invoice, "");
}

TEST(StripeEvent, KnowsNothingOfOtherTypes) {
  stripe::event out;
  EXPECT_EQ(
    stripe::read_event(event_of("customer.created", R"({"id":"cus_1"})"), out),
    "");
  EXPECT_EQ(out.object.index(), 0u);
  EXPECT_EQ(out.object_id, "cus_1");
}

TEST(StripeEvent, RefusesWhatIsNoEvent) {
  struct test_case {
    std::string body;
    const char* reason;
  };
  const std::vector<test_case> cases{
    {"", "no JSON object"},
    {"[]", "no JSON object"},
    {"{\"id\":", "no JSON object"},
    {R"({"object":"v2.core.event","id":"evt_1"})", "thin event"},
    {R"({"object":"charge","id":"ch_1"})", "no event"},
    {R"({"object":"event","id":"evt_1","type":"x"})", "'created'"},
    {R"({"object":"event","id":"evt_1","type":"x","created":1})",
     "'data.object'"},
    {R"({"object":"event","id":7,"type":"x","created":1,
         "data":{"object":{}}})",
     "'id'"},
    {event_of("invoice.paid", "{}"), "has no 'id'"},
    {std::string((1 << 20) + 1, ' '), "no JSON object"},
  };
  for (auto& x : cases) {
    stripe::event out;
    EXPECT_THAT(stripe::read_event(x.body, out), HasSubstr(x.reason))
      << x.body.substr(0, 100);
    EXPECT_EQ(out.id, "");
  }
}

TEST(StripeEvent, ReadsAnswersOfTheApi) {
  auto x = stripe::read_subscription(
    R"({"object":"subscription","id":"sub_1","status":"active",
        "items":{"data":[{"price":"price_1"}]}})");
  ASSERT_TRUE(x);
  EXPECT_EQ(x->prices[0], "price_1");
  EXPECT_FALSE(stripe::read_subscription(R"({"object":"list"})"));
  EXPECT_FALSE(stripe::read_subscription("<html>"));
  EXPECT_EQ(stripe::read_invoice_payment(
              R"({"object":"list","data":[{"invoice":"in_1"}]})"),
            "in_1");
  EXPECT_EQ(stripe::read_invoice_payment(R"({"object":"list","data":[]})"), "");
  EXPECT_EQ(stripe::read_invoice_payment(R"({"object":"list"})"), std::nullopt);
  EXPECT_EQ(stripe::read_member(R"({"url":"https://x"})", "url"), "https://x");
}
