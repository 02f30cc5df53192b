#include "adapters/cli/serve/outside.hpp"

#include "adapters/billing/checkout.hpp"
#include "adapters/billing/stripe_webhook.hpp"
#include "adapters/billing/stripe_worker.hpp"
#include "adapters/carriers/twilio/voicemail.hpp"
#include "adapters/webhooks/endpoints.hpp"
#include "adapters/webhooks/sender.hpp"
#include "config/log.hpp"
#include "config/secrets.hpp"
#include "persistence/outside_store.hpp"
#include "protocol/type_ids.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace velox::cli {

namespace {

/// A secret that was copied with the end of its line signs nothing.
void trim(std::string& secret, const char* name) {
  auto last = secret.find_last_not_of(" \t\r\n");
  auto length = last == secret.npos ? 0 : last + 1;
  if (length == secret.size())
    return;
  secret.resize(length);
  config::log().warn("A secret ends with white space, which is left out; "
                     "remove it. setting={}",
                     name);
}

/// Whether the key is for real money; none: it does not say.
std::optional<bool> livemode_of(const std::string& key) {
  auto mode = key.substr(std::min<size_t>(key.size(), 3), 5);
  if (mode == "live_")
    return true;
  if (mode == "test_")
    return false;
  return std::nullopt;
}

persistence::stripe_catalogue catalogue_of(const config::stripe_settings& x) {
  persistence::stripe_catalogue out;
  auto add = [&](const std::string& price, const char* plan) {
    if (!price.empty())
      out.plans.emplace(price, plan);
  };
  add(x.starter_price_id, "STARTER");
  add(x.pro_price_id, "PRO");
  add(x.enterprise_price_id, "ENTERPRISE");
  out.livemode = livemode_of(x.secret_key);
  return out;
}

billing::stripe_api
api_of(const config::stripe_settings& x, const net::outbound_source& out) {
  billing::stripe_api_options options;
  options.out = out;
  options.base_url = x.base_url;
  options.secret_key = x.secret_key;
  return billing::stripe_api{std::move(options)};
}

std::function<void(const webhook_backlog&)>
backlog_metrics(const std::shared_ptr<prometheus::Registry>& counts) {
  auto gauge = [&](const char* name, const char* help) {
    return &prometheus::BuildGauge()
              .Name(name)
              .Help(help)
              .Register(*counts)
              .Add({});
  };
  auto* pending
    = gauge("velox_outbox_pending", "Webhooks that have not arrived yet.");
  auto* dead = gauge("velox_outbox_dead", "Webhooks that were given up.");
  return [counts, pending, dead](const webhook_backlog& x) {
    pending->Set(static_cast<double>(x.pending));
    dead->Set(static_cast<double>(x.dead));
  };
}

std::shared_ptr<const config::secret_box> box_of(const config::settings& x) {
  return std::make_shared<const config::secret_box>(
    config::load_or_create_webhook_key(x), "webhooks.key");
}

} // namespace

outside_desk::outside_desk(caf::actor_system& sys,
                           const config::settings& settings, parts x)
  : sys_(sys), settings_(settings), parts_(std::move(x)) {
  auto& stripe = settings_.stripe;
  trim(stripe.secret_key, "stripe.secret_key");
  trim(stripe.webhook_secret, "stripe.webhook_secret");
  store_ = persistence::spawn_outside_store(sys, parts_.database,
                                            catalogue_of(stripe));
  webhooks::sender_options sender;
  sender.store = store_;
  sender.out = parts_.out;
  sender.box = box_of(settings_);
  sender.time_of_day = parts_.time_of_day;
  sender.allow_private = settings_.webhooks.allow_private;
  sender.concurrency = static_cast<int64_t>(settings_.webhooks.concurrency);
  sender.report = backlog_metrics(parts_.counts);
  sender_ = sys.spawn(webhooks::webhook_sender, sender);
  billing::stripe_worker_options worker{store_, api_of(stripe, parts_.out),
                                        parts_.time_of_day};
  worker_ = sys.spawn(billing::stripe_worker, worker);
}

outside_desk::~outside_desk() {
  stop();
}

void outside_desk::add_routes(http::router& routes) {
  auto& stripe = settings_.stripe;
  billing::add_stripe_webhook(
    routes, sys_, {stripe.webhook_secret, store_, worker_, parts_.time_of_day});
  billing::checkout_options checkout{api_of(stripe, parts_.out), store_};
  checkout.prices = {{"STARTER", stripe.starter_price_id},
                     {"PRO", stripe.pro_price_id},
                     {"ENTERPRISE", stripe.enterprise_price_id}};
  checkout.minute_price = static_cast<int64_t>(stripe.minute_price);
  checkout.currency = stripe.currency;
  auto or_home = [&](const std::string& url) {
    return url.empty() ? settings_.server.public_url : url;
  };
  checkout.success_url = or_home(stripe.success_url);
  checkout.cancel_url = or_home(stripe.cancel_url);
  checkout.time_of_day = parts_.time_of_day;
  billing::add_checkout(routes, sys_, checkout, parts_.admin_key);
  webhooks::add_endpoints(routes, sys_,
                          {store_, box_of(settings_), parts_.time_of_day,
                           settings_.webhooks.allow_private},
                          parts_.admin_key);
  carriers::twilio::add_voicemail(
    routes, sys_,
    {parts_.twilio_auth_token, settings_.twilio.verify_signature,
     settings_.server.public_url, store_, parts_.time_of_day});
}

void outside_desk::stop() {
  if (!store_)
    return;
  caf::anon_send_exit(sender_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(worker_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(store_, caf::exit_reason::user_shutdown);
  sender_ = nullptr;
  worker_ = nullptr;
  store_ = nullptr;
}

} // namespace velox::cli
