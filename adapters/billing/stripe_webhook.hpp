#pragma once

#include "adapters/http/router.hpp"
#include "protocol/outside.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <string>

namespace velox::billing {

struct stripe_webhook_options {
  std::string secret; ///< whsec_...; empty: every event is refused
  outside_store_actor store;
  stripe_worker_actor worker; ///< told of what came in
  std::function<unix_ms()> time_of_day;
};

/// Adds `POST /stripe/webhook`. An event is stored before it is answered with
/// 200 and carried out afterwards: Stripe waits for nothing, and nothing it was
/// told is lost. 400 for what is not from Stripe or cannot be read, 503 while
/// the database is away: Stripe sends it again.
void add_stripe_webhook(http::router& routes, caf::actor_system& sys,
                        const stripe_webhook_options& options);

} // namespace velox::billing
