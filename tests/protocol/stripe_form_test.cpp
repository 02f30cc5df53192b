#include "protocol/stripe_form.hpp"

#include <gtest/gtest.h>

using namespace velox;

TEST(StripeForm, NamesNestInBrackets) {
  EXPECT_EQ(stripe::nested_name({"a"}), "a");
  EXPECT_EQ(stripe::nested_name({"line_items", "0", "price"}),
            "line_items[0][price]");
  using path = std::vector<std::string>;
  EXPECT_EQ(stripe::name_path("line_items[0][price]"),
            (path{"line_items", "0", "price"}));
  EXPECT_EQ(stripe::name_path("expand[]"), (path{"expand", ""}));
  for (auto bad : {"", "[a]", "a[", "a]", "a[b", "a[b]c", "a[[b]]", "a[b]]"})
    EXPECT_EQ(stripe::name_path(bad), std::nullopt) << bad;
}

TEST(StripeForm, OrdersAPlan) {
  stripe::checkout_order x;
  x.org_id = "acme";
  x.customer = "cus_1";
  x.price = "price_1";
  x.success_url = "https://app/ok?sid={CHECKOUT_SESSION_ID}";
  x.cancel_url = "https://app/no";
  EXPECT_EQ(
    encode_form(stripe::checkout_form(x)),
    "mode=subscription&line_items%5B0%5D%5Bprice%5D=price_1"
    "&line_items%5B0%5D%5Bquantity%5D=1&customer=cus_1"
    "&client_reference_id=acme"
    "&success_url=https%3A%2F%2Fapp%2Fok%3Fsid%3D%7BCHECKOUT_SESSION_ID%7D"
    "&cancel_url=https%3A%2F%2Fapp%2Fno&metadata%5Borg_id%5D=acme"
    "&subscription_data%5Bmetadata%5D%5Borg_id%5D=acme");
}

TEST(StripeForm, OrdersMinutes) {
  stripe::checkout_order x;
  x.org_id = "acme";
  x.minutes = 60;
  x.minute_price = 5;
  x.currency = "usd";
  auto out = stripe::checkout_form(x);
  EXPECT_EQ(out.get("mode"), "payment");
  EXPECT_EQ(out.get("line_items[0][price_data][unit_amount]"), "5");
  EXPECT_EQ(out.get("line_items[0][price_data][currency]"), "usd");
  EXPECT_EQ(out.get("line_items[0][quantity]"), "60");
  EXPECT_EQ(out.get("metadata[minutes]"), "60");
  EXPECT_EQ(out.get("metadata[org_id]"), "acme");
  EXPECT_EQ(out.get("payment_intent_data[metadata][org_id]"), "acme");
  EXPECT_FALSE(out.find("line_items[0][price]"));
}

TEST(StripeForm, RefusalsAreToldWithoutWhatWasSent) {
  EXPECT_EQ(
    stripe::describe_refusal(400, R"({"error":{"type":"invalid_request_error",
                   "code":"resource_missing","param":"line_items[0][price]",
                   "message":"No such price: 'price_secret'"}})"),
    "Stripe answered 400, invalid_request_error, resource_missing, "
    "parameter line_items[0][price]");
  EXPECT_EQ(stripe::describe_refusal(502, "<html>"), "Stripe answered 502");
  EXPECT_EQ(stripe::describe_refusal(402, R"({"error":{"type":"A b"}})"),
            "Stripe answered 402");
}
