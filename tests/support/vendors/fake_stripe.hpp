#pragma once

#include "protocol/form.hpp"
#include "tests/support/vendors/fake_vendor.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace velox::test {

/// Stripe's API as far as we use it (billing-auth.md, section 2): bearer keys,
/// bracket forms, idempotency keys (replayed, refused for other parameters,
/// busy), customers, checkout and portal sessions, subscriptions, invoice
/// payments and meter events.
class fake_stripe {
public:
  explicit fake_stripe(std::string secret_key);

  fake_vendor& server() { return *server_; }

  /// What the next request does beside its work.
  struct mischief {
    bool lose_answer = false;      ///< it is done, and the connection lost
    int status = 0;                ///< it is not done: this status instead
    std::string should_retry = {}; ///< Stripe-Should-Retry
    bool busy = false;             ///< 409: the same key is at work
  };
  void next(mischief x);

  /// What `GET /v1/subscriptions/{id}` answers.
  void set_subscription(const std::string& id, const std::string& json);
  /// The invoice that a payment intent has paid.
  void set_invoice(const std::string& intent, const std::string& invoice);

  /// How often something was really made, by path: "/v1/customers".
  int made(const std::string& path) const;
  /// The forms of what was made, in order.
  std::vector<form> forms(const std::string& path) const;

private:
  struct stored {
    std::string body_sent;
    int status = 0;
    std::string answer;
  };

  void answer(const vendor_request& x, vendor_connection& peer);
  stored execute(const vendor_request& x);
  stored lookup(const vendor_request& x) const;
  std::string make(const std::string& path, const form& fields);

  const std::string secret_key_;
  mutable std::mutex mutex_;
  std::vector<mischief> mischief_;
  std::map<std::string, stored> keys_;
  std::map<std::string, std::string> subscriptions_;
  std::map<std::string, std::string> invoices_;
  std::map<std::string, std::vector<form>> made_;
  std::set<std::string> metered_;
  /// Last, so that its threads end first.
  std::unique_ptr<fake_vendor> server_;
};

} // namespace velox::test
