#pragma once

#include "adapters/billing/checkout.hpp"
#include "adapters/billing/stripe_webhook.hpp"
#include "adapters/billing/stripe_worker.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "adapters/webhooks/endpoints.hpp"
#include "adapters/webhooks/sender.hpp"
#include "persistence/outbox.hpp"
#include "persistence/outside_store.hpp"
#include "persistence/tenants.hpp"
#include "persistence/webhook_endpoints.hpp"
#include "protocol/type_ids.hpp"
#include "tests/billing/stripe_events.hpp"
#include "tests/persistence/engines.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/shards.hpp"
#include "tests/support/vendors/fake_stripe.hpp"
#include "tests/support/vendors/outbound_thread.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <gtest/gtest.h>

#include <future>
#include <optional>

/// Billing over real sockets and real databases: an HTTP server of ours, a fake
/// Stripe, receivers of webhooks.

namespace velox::test {

inline unix_ms clock_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

struct billing_actor_config : caf::actor_system_config {
  billing_actor_config() {
    add_message_types<caf::id_block::velox>();
    add_message_types<caf::id_block::velox_outside>();
    set("scheduler.max-threads", size_t{2});
  }
};

/// An answer over the wire.
struct wire_answer {
  int status = 0;
  std::string body;
};

/// What every test here stands on. The derived fixture decides which actors
/// run; `stop_actors` in its destructor ends them.
class billing_test : public ::testing::TestWithParam<persistence::engine> {
protected:
  static constexpr auto stripe_key = "sk_test_hunter2";
  static constexpr auto stripe_secret = "whsec_hunter2";
  static constexpr auto admin_key = "admin-hunter2";

  billing_test() {
    auto db = own.open();
    organisation_record acme;
    acme.id = "acme";
    acme.name = "Acme Clinic";
    persistence::organisations{*db}.upsert(acme);
    acme.id = "rival";
    persistence::organisations{*db}.upsert(acme);
    store
      = persistence::spawn_outside_store(sys, own.options(), test_catalogue());
    box = std::make_shared<const config::secret_box>(std::string(64, 'a'),
                                                     "webhooks.key");
  }

  ~billing_test() override {
    if (server) {
      std::promise<void> gone;
      server->stop(std::chrono::seconds{1}, [&] { gone.set_value(); });
      gone.get_future().wait_for(std::chrono::seconds{5});
      server.reset();
      shards.stop();
    }
    stop_actors();
  }

  void stop_actors() {
    for (auto& x : actors)
      caf::anon_send_exit(x, caf::exit_reason::kill);
    actors.clear();
    if (store)
      caf::anon_send_exit(store, caf::exit_reason::kill);
    store = nullptr;
    sys.await_all_actors_done();
  }

  template <class Handle>
  Handle keep(Handle x) {
    actors.push_back(caf::actor_cast<caf::actor>(x));
    return x;
  }

  net::outbound_source out() {
    return [x = way.out()] { return x; };
  }

  billing::stripe_api api(std::string key = stripe_key) {
    billing::stripe_api_options options;
    options.out = out();
    options.base_url = stripe.server().url();
    options.secret_key = std::move(key);
    options.first_pause = std::chrono::milliseconds{2};
    options.longest_pause = std::chrono::milliseconds{20};
    options.answer_timeout = std::chrono::seconds{5};
    return billing::stripe_api{std::move(options)};
  }

  /// Listens with these routes.
  void listen(http::router routes) {
    http::server_options options;
    options.host = "127.0.0.1";
    server.emplace(options, shards.all(), std::move(routes), counts);
  }

  wire_answer ask(net::request x) {
    struct heard {
      wire_answer answer;
      std::promise<void> over;
    };
    auto to = std::make_shared<heard>();
    net::exchange_handlers hears;
    hears.head = [to](auto& head) { to->answer.status = head.status; };
    hears.piece = [to](auto piece) { to->answer.body += piece; };
    hears.ended = [to] { to->over.set_value(); };
    hears.failed = [to](auto& why) {
      to->answer.body = why.why;
      to->over.set_value();
    };
    auto exchange = way.out()->send(std::move(x), std::move(hears));
    auto over = to->over.get_future();
    EXPECT_EQ(over.wait_for(std::chrono::seconds{20}),
              std::future_status::ready);
    return to->answer;
  }

  net::request
  to_us(const std::string& method, const std::string& path,
        const std::string& body = "", const std::string& key = admin_key) {
    net::request x;
    x.method = method;
    x.url = "http://localhost:" + std::to_string(server->port()) + path;
    x.body = body;
    x.headers = {{"Authorization", "Bearer " + key},
                 {"Content-Type", "application/json"}};
    return x;
  }

  persistence::test_database own{GetParam()};
  billing_actor_config cfg;
  caf::actor_system sys{cfg};
  fake_stripe stripe{stripe_key};
  outbound_thread way;
  test_shards shards{1};
  std::shared_ptr<http::metrics> counts = std::make_shared<http::metrics>();
  std::optional<http::server> server;
  outside_store_actor store;
  std::shared_ptr<const config::secret_box> box;
  std::vector<caf::actor> actors;
};

} // namespace velox::test
