#pragma once

#include "adapters/billing/stripe_api.hpp"
#include "adapters/http/router.hpp"
#include "protocol/outside.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace velox::billing {

struct checkout_options {
  stripe_api api;
  outside_store_actor store;
  std::map<std::string, std::string> prices{}; ///< plan -> price_...
  int64_t minute_price = 0; ///< minor units; 0: minutes are not sold alone
  std::string currency{};
  std::string success_url{};
  std::string cancel_url{};
  std::function<unix_ms()> time_of_day{};
};

/// Adds, each for the admin key only:
///
/// - `POST /api/v1/billing/checkout` {"org_id", "plan"} or {"org_id",
///   "minutes"}: the URL of a page where that is paid, as {"url", "session_id"}
/// - `POST /api/v1/billing/portal` {"org_id"}: the URL of the page where a
///   customer changes cards and plans
/// - `GET /api/v1/billing/events`: Stripe's events that wait or have failed
/// - `POST /api/v1/billing/events/{id}/retry`: tries a failed one again
///
/// A client that repeats a checkout with its own `Idempotency-Key` gets the
/// same page. `/api/...` is an alias of `/api/v1/...`.
void add_checkout(http::router& routes, caf::actor_system& sys,
                  const checkout_options& options, std::string admin_key);

} // namespace velox::billing
