#pragma once

#include "persistence/database.hpp"
#include "protocol/outside.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace velox::persistence {

/// What was paid for talk time.
struct stripe_payment {
  std::string id; ///< the invoice or the checkout session
  std::string org_id;
  std::string payment_intent;
  std::string charge;
  int64_t amount = 0; ///< minor units of the currency
  std::string currency;
  int64_t seconds = 0;  ///< granted for it
  int64_t refunded = 0; ///< of the amount, as far as it was applied
  int64_t withdrawn_seconds = 0;
};

/// A subscription as the newest applied event tells.
struct stripe_plan {
  std::string subscription_id;
  std::string org_id;
  std::string plan;
  std::string status;
  int64_t as_of = 0; ///< Unix seconds
  bool ended = false;
};

/// What became of news about a subscription.
enum class news : uint8_t {
  applied,
  stale, ///< something newer, or its end, was applied before
  tied,  ///< something of the same second was: nobody knows which is newer
};

/// Which organisation is which customer, what it subscribes to and has paid.
class stripe_accounts {
public:
  explicit stripe_accounts(connection& db) : db_(db) {}

  /// Null when there is no such organisation.
  std::optional<billing_account> find(std::string_view org_id);

  /// The organisation of what an event names: of the customer, of the
  /// subscription, or `named` itself when there is such an organisation; empty:
  /// nobody's.
  std::string resolve(std::string_view customer, std::string_view subscription,
                      std::string_view named);

  /// Keeps others from changing the organisation until the transaction ends.
  void hold(std::string_view org_id);

  /// The organisation has this customer, unless it has one already, or another
  /// organisation has it. Throws not_found without such an organisation.
  void link(std::string_view org_id, std::string_view customer);

  /// Notes whose subscription it is, before anything else is known of it.
  void expect_plan(std::string_view org_id, std::string_view subscription);

  /// Takes the news over when they are newer. `as_read`: they come from the
  /// API, so they win a tie.
  news note_plan(const stripe_plan& x, bool as_read);

  /// Sets the organisation's plan to what its subscriptions say: the newest of
  /// those that give access, else PREPAID.
  void choose_plan(std::string_view org_id);

  /// False: the payment was noted before.
  bool add_payment(const stripe_payment& x, unix_ms at);

  /// The payment with this payment intent, charge or id; empty texts find
  /// nothing.
  std::optional<stripe_payment>
  find_payment(std::string_view payment_intent, std::string_view charge,
               std::string_view id);

  /// Notes how much of a payment was given back.
  void note_refund(std::string_view id, std::string_view payment_intent,
                   std::string_view charge, int64_t refunded,
                   int64_t withdrawn_seconds);

  /// The talk time that a plan brings with each paid invoice.
  int64_t included_seconds(std::string_view plan);

private:
  connection& db_;
};

} // namespace velox::persistence
