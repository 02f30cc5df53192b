#pragma once

#include "adapters/billing/stripe_api.hpp"
#include "protocol/outside.hpp"

#include <caf/timespan.hpp>

#include <functional>

namespace velox::billing {

struct stripe_worker_options {
  outside_store_actor store;
  stripe_api api;
  std::function<unix_ms()> time_of_day;
  /// How often it looks for what is due, beside being told of what comes in.
  caf::timespan every = std::chrono::seconds{5};
};

struct stripe_worker_state {
  static inline const char* name = "stripe-worker";

  std::optional<stripe_worker_options> options;
  uint64_t look = 0;    ///< numbers the timers
  bool working = false; ///< the store is asked
  bool more = false;    ///< something came in meanwhile
};

/// Carries out what Stripe has told us, one event after the other: those that
/// have just come in, those that a crash has left, and those that wait for
/// another. Asks Stripe's API where an event alone does not tell enough.
stripe_worker_actor::behavior_type
stripe_worker(stripe_worker_actor::stateful_pointer<stripe_worker_state> self,
              const stripe_worker_options& options);

} // namespace velox::billing
