#pragma once

#include "adapters/http/router.hpp"
#include "config/secret_box.hpp"
#include "protocol/outside.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>

namespace velox::webhooks {

struct endpoint_options {
  outside_store_actor store;
  std::shared_ptr<const config::secret_box> box;
  std::function<unix_ms()> time_of_day;
  bool allow_private = false; ///< see `sender_options`
};

/// Adds, each for the admin key only:
///
/// - `PUT /api/v1/webhooks/endpoint` {"org_id", "url"}: sets where the
///   organisation hears of its calls. The answer holds its secret, this once.
/// - `GET /api/v1/webhooks/endpoint?org_id=`: without the secret
/// - `POST /api/v1/webhooks/endpoint/rotate` {"org_id"}: a new secret, shown
///   once; the old one signs too until it is rotated again
/// - `DELETE /api/v1/webhooks/endpoint?org_id=`
/// - `GET /api/v1/webhooks?org_id=&status=`: the newest first; status is
///   pending, delivered or dead
/// - `POST /api/v1/webhooks/{id}/retry` {"org_id"}: a dead one
///
/// `/api/...` is an alias of `/api/v1/...`.
void add_endpoints(http::router& routes, caf::actor_system& sys,
                   const endpoint_options& options, std::string admin_key);

} // namespace velox::webhooks
