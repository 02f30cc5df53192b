#include "adapters/cli/serve/engine_process.hpp"

#include "actors/call.hpp"
#include "actors/engine.hpp"
#include "actors/shard.hpp"
#include "actors/watchdog.hpp"
#include "adapters/carriers/twilio/media_socket.hpp"
#include "adapters/carriers/twilio/rest.hpp"
#include "adapters/carriers/twilio/webhooks.hpp"
#include "adapters/cli/serve/briefings.hpp"
#include "adapters/cli/serve/call_metrics.hpp"
#include "adapters/cli/serve/data_directory.hpp"
#include "adapters/cli/serve/introduction.hpp"
#include "adapters/cli/serve/money.hpp"
#include "adapters/cli/serve/outside.hpp"
#include "adapters/cli/serve/policies.hpp"
#include "adapters/cli/serve/recordings.hpp"
#include "adapters/cli/serve/sessions.hpp"
#include "adapters/cli/serve/ways_out.hpp"
#include "adapters/console/live_calls.hpp"
#include "adapters/console/provider_list.hpp"
#include "adapters/console/recordings.hpp"
#include "adapters/http/ask.hpp"
#include "adapters/http/health.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "adapters/language/scripted/scripted_model.hpp"
#include "adapters/providers/catalogue.hpp"
#include "adapters/speech/offline.hpp"
#include "adapters/speech/tones/detector.hpp"
#include "config/log.hpp"
#include "config/prices.hpp"
#include "config/voice_hangover.hpp"
#include "persistence/store_pool.hpp"
#include "protocol/background_sound.hpp"
#include "protocol/type_ids.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <thread>

namespace velox::cli {

namespace {

/// How long stopping may wait for each part.
constexpr std::chrono::seconds stop_patience{5};

struct actor_config : caf::actor_system_config {
  actor_config() {
    add_message_types<caf::id_block::velox>();
    add_message_types<caf::id_block::velox_sessions>();
    add_message_types<caf::id_block::velox_outside>();
    // Calls run on shards. These threads serve the few engine-wide actors, and
    // work stealing would poll, and burn, an idle core.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", size_t{2});
  }
};

/// The loops live for ever, so nobody owns them.
std::shared_ptr<const std::vector<uint8_t>>
background(const std::string& name) {
  auto known = background_sounds();
  if (std::find(known.begin(), known.end(), name) == known.end())
    return nullptr;
  return {std::shared_ptr<void>{}, &background_sound(name)};
}

unix_ms time_of_day() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

} // namespace

struct engine_process::parts {
  parts(const config::settings& settings, const config::secrets& secrets,
        std::shared_ptr<const config::vendor_keys> keys)
    : settings(settings), secrets(secrets), keys(std::move(keys)),
      data(settings.storage), speech(speech_options()) {}

  // -- start, in this order
  // ----------------------------------------------------

  void prepare_agents() {
    agents = load_agents(settings.agents.files);
    auto credit = static_cast<int64_t>(settings.billing.initial_credit_seconds);
    if (auto lost = data.prepare(agents, credit,
                                 config::load_prices(settings.billing.prices));
        lost > 0)
      config::log().warn("Calls were cut off when the engine last stopped; "
                         "their conversations say so. count={}",
                         lost);
  }

  /// The shards, not started yet, and who works for calls on them.
  void make_providers() {
    auto count = settings.server.shards > 0
                   ? settings.server.shards
                   : std::max(1u, std::thread::hardware_concurrency());
    for (size_t i = 0; i < count; ++i)
      shards.push_back(std::make_unique<actors::shard>(system, i));
    outside.emplace(settings.providers, contexts());
    vendors = std::make_shared<const providers::catalogue>(
      settings.providers, keys, outside->source(),
      providers::offline_factories{speech.recognizers(), speech.synthesizers(),
                                   language::scripted_model(),
                                   settings.speech.voice});
    briefs = std::make_shared<briefings>(providers::source_of(vendors),
                                         turn_policy_of(settings.turns));
  }

  void start_actors() {
    actors::engine_options options;
    shared.emplace(system, settings, secrets.stream_token_key,
                   counts_registry());
    std::vector<std::string> names;
    for (auto& x : vendors->gateways()) {
      auto& gateway = options.gateways.emplace_back();
      gateway.provider = names.emplace_back(x.name);
      gateway.places = x.max_concurrent;
      gateway.sessions = shared->store();
    }
    options.admission.limit = settings.calls.max_live;
    options.admission.token_memory = settings.calls.token_lifetime * 2;
    options.make_store = [this] {
      return persistence::spawn_stores(system, data.database(),
                                       settings.storage.pool);
    };
    options.make_ledger
      = ledger_maker(system, data.database(), settings.billing);
    root = system.spawn(actors::engine, options);
    shared->listen(root, std::move(names));
    dog.emplace(system, report_long_holds(counts_registry()));
    root->attach_functor([this](const caf::error&) { root_down = true; });
    sweeper
      = start_sweeper(system, root, root, shared->store(), settings.billing);
    for (size_t i = 0; i < shards.size(); ++i) {
      shards[i]->start();
      shards[i]->post(outside->settle(i));
    }
  }

  void introduce_agents() {
    for (auto& agent : agents)
      introduce(agent, {system, *vendors, *briefs, speech});
  }

  /// Null when nobody may speak for the account.
  std::shared_ptr<carrier_control> control() const {
    auto now = keys->twilio();
    if (now.account_sid.empty() || now.auth_token.empty())
      return nullptr;
    carriers::twilio::rest_options options;
    options.out = outside->source();
    options.access = [keys = keys] {
      auto x = keys->twilio();
      return carriers::twilio::rest_access{x.base_url, x.account_sid,
                                           x.auth_token};
    };
    return carriers::twilio::rest_control(std::move(options));
  }

  void make_services() {
    auto x = std::make_shared<actors::call_services>();
    x->registry = root;
    x->store = root;
    x->ledger = root;
    x->gateways = root;
    x->sessions = shared->store();
    x->node = shared->node();
    x->choose = providers::source_of(vendors);
    x->control = control();
    x->brief = [briefs = briefs](const agent_record& agent) {
      return briefs->get(agent);
    };
    x->turns = turn_policy_of(settings.turns);
    x->limits = limits_of(settings);
    x->counters = call_metrics(counts_registry());
    x->time_of_day = time_of_day;
    x->record = recorded->recorders();
    x->background = background;
    services = std::move(x);
  }

  void listen() {
    http::router routes;
    add_routes(routes);
    http::server_options options;
    options.host = settings.server.host;
    options.port = settings.server.port;
    options.tls_certificate = settings.server.tls_certificate;
    options.tls_key = settings.server.tls_key;
    options.header_limit
      = static_cast<uint32_t>(settings.server.header_limit_bytes);
    options.body_limit = settings.server.body_limit_bytes;
    options.header_timeout = settings.server.request_timeout;
    options.body_timeout = settings.server.request_timeout;
    options.idle_timeout = settings.server.idle_timeout;
    options.max_connections = settings.server.max_connections;
    server.emplace(options, contexts(), std::move(routes), counts);
  }

  void add_routes(http::router& routes) {
    http::add_health(routes, [this](auto report) { look(std::move(report)); });
    http::add_metrics(routes, counts);
    console::add_live_calls(routes, system, root, root, secrets.admin_api_key,
                            shared->store());
    console::add_recordings(routes, system, root, recorded->source(),
                            std::string{default_organisation},
                            secrets.admin_api_key);
    console::add_provider_list(routes, system, root, secrets.admin_api_key);
    told->add_routes(routes);
    carriers::twilio::webhook_options webhooks;
    webhooks.auth_token = secrets.twilio_auth_token;
    webhooks.verify_signature = settings.twilio.verify_signature;
    webhooks.public_url = settings.server.public_url;
    webhooks.token_secret = secrets.stream_token_key;
    webhooks.may_call = shared->caller_limit();
    webhooks.token_lifetime = std::chrono::duration_cast<std::chrono::seconds>(
      settings.calls.token_lifetime);
    webhooks.ledger = root;
    carriers::twilio::add_webhooks(routes, webhooks, system, root, root,
                                   counts);
    carriers::twilio::media_options media;
    media.token_secret = secrets.stream_token_key;
    media.start_timeout = settings.calls.start_timeout;
    media.socket.message_limit = settings.server.message_limit_bytes;
    media.gate = talk_gate(system, root);
    auto sockets = carriers::twilio::media_socket(
      media, speech.voice_detectors(),
      [this](carrier_leg_ptr leg, const leg_start& start, size_t shard) {
        actors::spawn_on(*shards.at(shard), system, actors::call,
                         actors::call_options{start, std::move(leg), services});
      },
      counts, speech::make_tone_detector);
    routes.websocket("/media-stream/call/{token}", sockets);
    routes.websocket("/media-stream", sockets);
    routes.alias("/streams", "/media-stream");
    routes.alias("/voice/stream", "/media-stream");
  }

  void start_telling() {
    outside_desk::parts x;
    x.database = data.database();
    x.out = outside->source();
    x.time_of_day = time_of_day;
    x.counts = counts_registry();
    x.admin_key = secrets.admin_api_key;
    x.twilio_auth_token = secrets.twilio_auth_token;
    told.emplace(system, settings, std::move(x));
  }

  /// For readyz: may calls come, is there a database to log them, and do we see
  /// the other nodes?
  void look(std::function<void(std::vector<http::health_check>)> report) {
    auto with_store = [this, report](const http::health_check& registry) {
      return [this, report, registry](bool ok, const std::string& why) {
        std::vector<http::health_check> checks{registry, {"store", ok, why}};
        shared->look([report, checks](auto redis) mutable {
          if (redis)
            checks.push_back(std::move(*redis));
          report(std::move(checks));
        });
      };
    };
    std::string name
      = settings.storage.database_url.empty() ? "SQLite" : "PostgreSQL";
    auto ask_store
      = [this, with_store, name](const http::health_check& registry) {
          auto finish = with_store(registry);
          http::ask(
            system, caf::actor_cast<store_actor>(root),
            caf::timespan{stop_patience},
            [finish, name](caf::ok_atom) { finish(true, name + " answers."); },
            [finish, name](const caf::error&) {
              finish(false, name + " does not answer.");
            },
            caf::ok_atom_v);
        };
    http::ask(
      system, caf::actor_cast<call_registry_actor>(root),
      caf::timespan{stop_patience},
      [ask_store](const registry_status& x) {
        ask_store({"calls", !x.draining,
                   x.draining ? "The engine is stopping."
                              : std::to_string(x.live_calls) + " of "
                                  + std::to_string(x.limit) + " are live."});
      },
      [ask_store](const caf::error&) {
        ask_store({"calls", false, "The call registry does not answer."});
      },
      caf::get_atom_v);
  }

  // -- stop, in the reverse order
  // ------------------------------------------------

  void stop_listening() {
    if (!server)
      return;
    auto done = std::make_shared<std::promise<void>>();
    auto stopped = done->get_future();
    server->stop(std::chrono::seconds{1}, [done] { done->set_value(); });
    if (stopped.wait_for(stop_patience) != std::future_status::ready)
      config::log().error("Connections are still open at the stop; they are "
                          "cut off.");
  }

  void stop_actors() {
    dog.reset();
    if (!root)
      return;
    for (auto& x : live_calls_now())
      caf::anon_send_exit(x.call, caf::exit_reason::kill);
    if (recorded)
      recorded->stop();
    caf::anon_send_exit(sweeper, caf::exit_reason::kill);
    sweeper = nullptr;
    if (told)
      told->stop();
    caf::anon_send_exit(root, caf::exit_reason::kill);
    root = nullptr;
    services.reset();
    // The store's thread ends with its last commit; calls on their shards. The
    // session store is told of each call's end, and is the last to go.
    wait_for_actors(1);
    shared->stop();
    wait_for_actors(0);
    if (system.registry().running() > 0) {
      config::log().error("Actors are still alive at the stop. count={}",
                          system.registry().running());
      system.await_actors_before_shutdown(false);
    }
  }

  /// Waits until no more than `left` live, but not for ever.
  void wait_for_actors(size_t left) {
    auto deadline = std::chrono::steady_clock::now() + stop_patience;
    while (system.registry().running() > left
           && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }

  std::vector<boost::asio::io_context*> contexts() const {
    std::vector<boost::asio::io_context*> result;
    for (auto& x : shards)
      result.push_back(&x->io());
    return result;
  }

  std::vector<live_call> live_calls_now() {
    std::vector<live_call> result;
    caf::scoped_actor self{system, true};
    self
      ->request(caf::actor_cast<call_registry_actor>(root),
                caf::timespan{stop_patience}, list_calls{})
      .receive([&](std::vector<live_call>& calls) { result.swap(calls); },
               [](const caf::error&) {});
    return result;
  }

  speech::offline_speech_options speech_options() const {
    speech::offline_speech_options result;
    result.threads = settings.speech.threads;
    result.hangover_ms = static_cast<int>(config::voice_hangover.count());
    return result;
  }

  std::shared_ptr<prometheus::Registry> counts_registry() {
    // An alias: the registry lives in `counts`.
    return {counts, &counts->registry()};
  }

  config::settings settings;
  config::secrets secrets;
  std::shared_ptr<const config::vendor_keys> keys;
  data_directory data;
  std::vector<agent_record> agents;
  std::shared_ptr<http::metrics> counts = std::make_shared<http::metrics>();
  actor_config config;
  caf::actor_system system{config};
  speech::offline_speech speech;
  std::vector<std::unique_ptr<actors::shard>> shards;
  std::optional<ways_out> outside;
  std::shared_ptr<const providers::catalogue> vendors;
  std::shared_ptr<briefings> briefs;
  std::atomic<bool> root_down = false;
  std::atomic<bool> drained = false;
  std::optional<sessions> shared;
  actors::engine_actor root;
  actors::reservation_sweeper_actor sweeper;
  std::optional<recordings> recorded;
  std::optional<outside_desk> told;
  std::shared_ptr<const actors::call_services> services;
  std::optional<http::server> server;
  std::optional<actors::watchdog> dog;
};

engine_process::engine_process(const config::settings& settings,
                               const config::secrets& secrets,
                               std::shared_ptr<const config::vendor_keys> keys)
  : parts_(std::make_unique<parts>(settings, secrets, std::move(keys))) {
  parts_->prepare_agents();
  parts_->make_providers();
  parts_->start_actors();
  parts_->recorded.emplace(parts_->system, settings, parts_->root, time_of_day);
  parts_->start_telling();
  parts_->make_services();
  parts_->introduce_agents();
  parts_->listen();
}

engine_process::~engine_process() {
  parts_->stop_listening();
  parts_->stop_actors();
  if (parts_->outside)
    parts_->outside->stop();
  for (auto& x : parts_->shards)
    x->stop();
}

uint16_t engine_process::port() const {
  return parts_->server->port();
}

bool engine_process::alive() const {
  return !parts_->root_down;
}

void engine_process::start_draining() {
  http::ask(
    parts_->system, caf::actor_cast<call_registry_actor>(parts_->root),
    caf::timespan{std::chrono::hours{24}},
    [this](const registry_status&) { parts_->drained = true; },
    [this](const caf::error&) { parts_->drained = true; }, drain{});
}

bool engine_process::drained() const {
  return parts_->drained;
}

void engine_process::end_calls() {
  for (auto& x : parts_->live_calls_now())
    caf::anon_send(
      x.call, end_call{end_reason::engine_stopped, "The engine was stopped."});
}

} // namespace velox::cli
