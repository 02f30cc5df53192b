#pragma once

#include "persistence/stripe_inbox.hpp"
#include "protocol/json.hpp"

#include <string>

/// Stripe's events as it would send them, for tests.

namespace velox::test {

/// One event; `id` is its own.
struct stripe_sent {
  std::string id;
  std::string type;
  int64_t created = 0;
  std::string object;
  bool livemode = false;

  std::string body() const {
    return json_object{}
      .add("id", id)
      .add("object", "event")
      .add("api_version", "2026-07-29.dahlia")
      .add("created", created)
      .add("livemode", livemode)
      .add("type", type)
      .add("data", json_object{}.add_raw("object", object))
      .str();
  }

  keep_stripe_event kept(unix_ms at) const {
    return {id, type, json_object_id(), body(), created, at};
  }

private:
  std::string json_object_id() const { return "obj_" + id; }
};

inline std::string
checkout_object(const std::string& id, const std::string& org, int minutes,
                const std::string& intent, const std::string& status = "paid") {
  return R"({"id":")" + id + R"(","mode":"payment","payment_status":")" + status
         + R"(","customer":"cus_)" + org + R"(","payment_intent":")" + intent
         + R"(","amount_total":)" + std::to_string(minutes * 5)
         + R"(,"currency":"usd","client_reference_id":")" + org
         + R"(","metadata":{"org_id":")" + org + R"(","minutes":")"
         + std::to_string(minutes) + R"("}})";
}

inline std::string
plan_checkout_object(const std::string& id, const std::string& org,
                     const std::string& subscription) {
  return R"({"id":")" + id
         + R"(","mode":"subscription","payment_status":"paid",)"
           R"("customer":"cus_)"
         + org + R"(","subscription":")" + subscription
         + R"(","client_reference_id":")" + org + R"("})";
}

/// `basil`: the shape from 2025-03-31 on.
inline std::string
invoice_object(const std::string& id, const std::string& org,
               const std::string& subscription, const std::string& price,
               int64_t paid, const std::string& intent, bool basil) {
  auto out = R"({"id":")" + id + R"(","customer":"cus_)" + org
             + R"(","status":"paid","paid":true,"currency":"usd",)"
               R"("amount_paid":)"
             + std::to_string(paid) + ",";
  if (basil)
    return out + R"("parent":{"subscription_details":{"subscription":")"
           + subscription
           + R"("}},"lines":{"data":[{"amount":1,"pricing":)"
             R"({"price_details":{"price":")"
           + price + R"("}}}]}})";
  return out + R"("subscription":")" + subscription + R"(","payment_intent":")"
         + intent + R"(","lines":{"data":[{"amount":1,"price":{"id":")" + price
         + R"("}}]}})";
}

inline std::string
subscription_object(const std::string& id, const std::string& org,
                    const std::string& status, const std::string& price) {
  return R"({"id":")" + id + R"(","object":"subscription","customer":"cus_)"
         + org + R"(","status":")" + status
         + R"(","items":{"data":[{"price":{"id":")" + price + R"("}}]}})";
}

inline std::string
charge_object(const std::string& id, const std::string& intent, int64_t amount,
              int64_t refunded) {
  return R"({"id":")" + id + R"(","payment_intent":")" + intent
         + R"(","amount":)" + std::to_string(amount) + R"(,"amount_refunded":)"
         + std::to_string(refunded) + R"(,"currency":"usd"})";
}

inline persistence::stripe_catalogue test_catalogue() {
  return {
    {{"price_s", "STARTER"}, {"price_p", "PRO"}, {"price_e", "ENTERPRISE"}},
    false};
}

} // namespace velox::test
