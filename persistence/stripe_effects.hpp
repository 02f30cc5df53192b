#pragma once

#include "persistence/stripe_accounts.hpp"
#include "protocol/stripe_event.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace velox::persistence {

/// What the operator sells.
struct stripe_catalogue {
  /// The plan of each price: "price_1" -> "PRO".
  std::map<std::string, std::string> plans{};
  /// Whether events are of real money; none: not known, so not checked.
  std::optional<bool> livemode{};
};

/// What an event comes to.
struct stripe_outcome {
  std::string status;    ///< applied, ignored, waiting, failed
  std::string problem{}; ///< a sentence for operators; no personal data
  /// With "waiting": what has to become known first (cus_..., in_...).
  std::string waits_for{};
  /// With "waiting": what the API should be asked.
  stripe_question asks = stripe_question::none;
  std::string about{};
  /// What is known now that others may wait for.
  std::vector<std::string> known{};
};

/// What the API has said beside the event.
struct stripe_facts {
  std::optional<stripe::subscription> subscription{};
  /// The invoice that a charge has paid; "none": no invoice.
  std::string invoice_id{};
};

/// What Stripe's events do to plans and balances. Each effect has a key of its
/// own ("invoice:in_1"), so an event that comes twice, late, or as two events
/// does nothing twice, and the order in which they come does not matter. To be
/// called in a transaction.
class stripe_effects {
public:
  stripe_effects(connection& db, const stripe_catalogue& sold)
    : db_(db), accounts_(db), sold_(sold) {}

  stripe_outcome
  apply(const stripe::event& x, const stripe_facts& facts, unix_ms now);

private:
  stripe_outcome apply(const stripe::checkout_session& x, unix_ms now);
  stripe_outcome apply_top_up(const stripe::checkout_session& x, unix_ms now);
  stripe_outcome apply(const stripe::invoice& x, unix_ms now);
  stripe_outcome
  apply(const stripe::event& about, const stripe::subscription& x,
        const stripe_facts& facts);
  stripe_outcome
  apply(const stripe::charge& x, const stripe_facts& facts, unix_ms now);

  /// Credits what was paid, once, and notes the payment for refunds.
  void grant(const stripe_payment& x, const std::string& key,
             const std::string& note, unix_ms now);

  /// Empty: it is no price of ours.
  std::string plan_of(const std::string& price) const;

  connection& db_;
  stripe_accounts accounts_;
  const stripe_catalogue& sold_;
};

} // namespace velox::persistence
