#pragma once

#include "adapters/http/router.hpp"
#include "adapters/net/outbound.hpp"
#include "config/settings.hpp"
#include "persistence/open_database.hpp"
#include "protocol/outside.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <string>

namespace prometheus {
class Registry;
} // namespace prometheus

namespace velox::cli {

/// All that has to do with money from Stripe and with organisations' webhooks
/// in this engine: what comes in, what goes out, and the store of both.
class outside_desk {
public:
  struct parts {
    persistence::database_options database;
    net::outbound_source out;
    std::function<unix_ms()> time_of_day;
    std::shared_ptr<prometheus::Registry> counts;
    std::string admin_key;
    std::string twilio_auth_token;
  };

  /// Makes the key of webhooks' secrets unless the settings name one; starts to
  /// deliver. Throws std::exception with what to mend.
  outside_desk(caf::actor_system& sys, const config::settings& settings,
               parts x);
  ~outside_desk();
  outside_desk(const outside_desk&) = delete;
  outside_desk& operator=(const outside_desk&) = delete;

  void add_routes(http::router& routes);

  /// For what else is told to organisations.
  const outside_store_actor& store() const { return store_; }

  /// Ends its actors. What is under way is done again at the next start.
  void stop();

private:
  caf::actor_system& sys_;
  config::settings settings_;
  parts parts_;
  outside_store_actor store_;
  webhook_sender_actor sender_;
  stripe_worker_actor worker_;
};

} // namespace velox::cli
