#pragma once

#include "persistence/stripe_effects.hpp"
#include "persistence/webhook_deliveries.hpp"

namespace velox::persistence {

/// Events of Stripe's on their way from the socket to their effect. Each method
/// is one transaction of its own.
class stripe_inbox {
public:
  stripe_inbox(connection& db, const stripe_catalogue& sold)
    : db_(db), sold_(sold) {}

  /// Keeps the event; from then on it is carried out, whatever happens.
  stripe_event_kept keep(const keep_stripe_event& x);

  /// Carries out one event. It settles in the transaction of its effect, so it
  /// can neither be lost nor take effect twice.
  stripe_event_applied apply(const apply_stripe_event& x);

  /// The event is tried again later, or has failed when that was tried often.
  void postpone(const postpone_stripe_event& x);

private:
  stripe_event_applied
  carry_out(const due_event& due, const apply_stripe_event& x);
  stripe_outcome outcome_of(const due_event& due, const apply_stripe_event& x);

  connection& db_;
  const stripe_catalogue& sold_;
};

/// How long an event waits after so many attempts, in milliseconds; 0: it has
/// failed.
int64_t stripe_patience(int64_t attempts);

} // namespace velox::persistence
