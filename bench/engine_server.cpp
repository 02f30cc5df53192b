#include "bench/engine_server.hpp"

#include "actors/call.hpp"
#include "actors/engine.hpp"
#include "actors/memory_ledger.hpp"
#include "actors/shard.hpp"
#include "adapters/carriers/twilio/media_socket.hpp"
#include "adapters/http/metrics.hpp"
#include "adapters/http/server.hpp"
#include "bench/fake_providers.hpp"
#include "bench/server_process.hpp"
#include "config/log.hpp"
#include "persistence/migrate.hpp"
#include "persistence/open_database.hpp"
#include "persistence/store.hpp"
#include "persistence/tenants.hpp"
#include "protocol/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

namespace velox::bench {

namespace {

constexpr std::chrono::seconds stop_patience{5};

/// Nobody's talk time runs out, and no call is refused.
constexpr int64_t plenty = 1'000'000'000;

/// As in `velox serve`.
struct actor_config : caf::actor_system_config {
  actor_config() {
    add_message_types<caf::id_block::velox>();
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", size_t{2});
  }
};

unix_ms time_of_day() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
           std::chrono::system_clock::now().time_since_epoch())
    .count();
}

/// A directory that goes with its owner.
class temporary_directory {
public:
  temporary_directory() {
    auto name = (std::filesystem::temp_directory_path() / "velox-bench-XXXXXX")
                  .string();
    if (!mkdtemp(name.data()))
      throw std::runtime_error{"no temporary directory; set TMPDIR to one that "
                               "can be written"};
    path_ = name;
  }

  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

void prepare_database(const std::filesystem::path& file) {
  persistence::database_options options;
  options.file = file;
  persistence::migrate(options);
  auto db = persistence::open_database(options);
  organisation_record org;
  org.id = bench_org;
  org.name = "Bench";
  org.credit_seconds = plenty;
  persistence::organisations{*db}.upsert(org);
  agent_record agent;
  agent.id = bench_agent;
  agent.org_id = bench_org;
  agent.name = "Bench";
  agent.phone_number = "+15550199";
  persistence::agents{*db}.upsert(agent);
}

/// As `cli::engine_process`, less what a bench call never touches.
class engine_server {
public:
  explicit engine_server(const engine_setup& setup) : setup_(setup) {
    prepare_database(directory_.path() / "velox.db");
    start_actors();
    make_services();
    listen();
  }

  ~engine_server() {
    stop_listening();
    stop_actors();
    if (setup_.stop)
      setup_.stop();
    shard_.stop();
  }

  engine_server(const engine_server&) = delete;
  engine_server& operator=(const engine_server&) = delete;

  uint16_t port() const { return server_->port(); }

private:
  void start_actors() {
    actors::engine_options options;
    options.admission.limit = plenty;
    options.make_store = [this] {
      persistence::store_options x;
      x.file = directory_.path() / "velox.db";
      return persistence::spawn_store(system_, x);
    };
    options.make_ledger
      = [this] { return system_.spawn(actors::memory_ledger, plenty); };
    for (auto& name : setup_.gateways) {
      actors::gateway_options gateway;
      gateway.provider = name;
      options.gateways.push_back(gateway);
    }
    root_ = system_.spawn(actors::engine, options);
    shard_.start();
  }

  void make_services() {
    auto x = std::make_shared<actors::call_services>();
    x->registry = root_;
    x->store = root_;
    x->ledger = root_;
    if (!setup_.gateways.empty())
      x->gateways = root_;
    x->choose = setup_.choose ? setup_.choose(shard_.io())
                              : actors::fixed_providers(instant_recognizer(),
                                                        instant_synthesizer(),
                                                        instant_model());
    agent_briefing briefing;
    briefing.lines.greeting = setup_.greeting;
    x->brief = [briefing](const agent_record&) { return briefing; };
    if (!setup_.asks_the_idle)
      x->turns.idle = std::chrono::hours{1};
    // The detector's hangover is most of the silence that ends a turn.
    x->turns.end_of_turn = std::chrono::milliseconds{50};
    // What is measured is the engine, not how long a pause or a voice has to
    // be.
    x->turns.judge_words = false;
    x->turns.interrupts = interruption::immediate;
    x->time_of_day = time_of_day;
    services_ = std::move(x);
  }

  void listen() {
    carriers::twilio::media_options media;
    media.token_secret = token_secret;
    http::router routes;
    routes.websocket(
      "/media-stream",
      carriers::twilio::media_socket(
        media, predictable_detector(setup_.tells_clears),
        [this](carrier_leg_ptr leg, const leg_start& start, size_t) {
          actors::spawn_on(
            shard_, system_, actors::call,
            actors::call_options{start, std::move(leg), services_});
        },
        counts_));
    http::server_options options;
    options.host = "127.0.0.1";
    options.max_connections = 100'000;
    server_.emplace(options, std::vector{&shard_.io()}, std::move(routes),
                    counts_);
  }

  void stop_listening() {
    // Shared: it may come after we gave up waiting.
    auto done = std::make_shared<std::promise<void>>();
    server_->stop(std::chrono::seconds{0}, [done] { done->set_value(); });
    done->get_future().wait_for(stop_patience);
  }

  /// The callers have hung up, so the calls are ending by themselves.
  void stop_actors() {
    auto deadline = std::chrono::steady_clock::now() + stop_patience;
    auto wait_for = [&](size_t actors) {
      while (system_.registry().running() > actors
             && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    };
    // Root, store, ledger, registry.
    auto engine_wide = 4 + setup_.gateways.size();
    wait_for(engine_wide);
    services_.reset();
    caf::anon_send_exit(root_, caf::exit_reason::kill);
    root_ = nullptr;
    wait_for(0);
    if (system_.registry().running() > 0) {
      config::log().error("Actors are still alive at the end of the bench. "
                          "count={}",
                          system_.registry().running());
      system_.await_actors_before_shutdown(false);
    }
  }

  const engine_setup& setup_;
  temporary_directory directory_;
  actor_config config_;
  caf::actor_system system_{config_};
  actors::shard shard_{system_, 0};
  std::shared_ptr<http::metrics> counts_ = std::make_shared<http::metrics>();
  actors::engine_actor root_;
  std::shared_ptr<const actors::call_services> services_;
  std::optional<http::server> server_;
};

} // namespace

void run_engine_server(const engine_setup& setup) {
  config::set_log_level("error");
  engine_server engine{setup};
  announce_port(engine.port());
  wait_for_end_of_input(setup.figures);
}

} // namespace velox::bench
