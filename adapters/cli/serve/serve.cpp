#include "adapters/cli/serve/serve.hpp"

#include "adapters/cli/serve/engine_process.hpp"
#include "config/loader.hpp"
#include "config/log.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>

namespace velox::cli {

namespace {

/// What calls get for their goodbye when the drain limit is over.
constexpr std::chrono::seconds goodbye_time{15};

sigset_t awaited_signals() {
  sigset_t result;
  sigemptyset(&result);
  sigaddset(&result, SIGTERM);
  sigaddset(&result, SIGINT);
  sigaddset(&result, SIGHUP);
  return result;
}

/// Takes over changed keys. Their names are no secret.
void reload(config::vendor_keys& keys) {
  try {
    auto changed = keys.reload();
    if (changed.empty())
      config::log().info("Keys were read again; none has changed.");
    for (auto& name : changed)
      if (config::is_live_setting(name))
        config::log().info("A setting has changed; from now on it is used. "
                           "setting={}",
                           name);
      else
        config::log().warn("A setting has changed that counts from the next "
                           "start on. setting={}",
                           name);
  } catch (const config::config_error& x) {
    for (auto& problem : x.problems())
      config::log().error("Keys could not be read again; all stays as it was. "
                          "problem={}",
                          config::field(problem));
  }
}

/// Waits for a stop signal, at most `span`. True when one came. SIGHUP is
/// obeyed meanwhile.
bool stop_asked(std::chrono::milliseconds span, config::vendor_keys& keys) {
  auto signals = awaited_signals();
  timespec wait{span.count() / 1000, (span.count() % 1000) * 1'000'000};
  auto signal = sigtimedwait(&signals, nullptr, &wait);
  if (signal == SIGHUP)
    reload(keys);
  return signal == SIGTERM || signal == SIGINT;
}

/// Waits until the last call has ended. False when `limit` passes first, or a
/// second signal shows that somebody is in a hurry.
bool wait_for_calls(const engine_process& engine, config::vendor_keys& keys,
                    std::chrono::milliseconds limit) {
  auto until = std::chrono::steady_clock::now() + limit;
  while (!engine.drained() && engine.alive()) {
    if (std::chrono::steady_clock::now() >= until
        || stop_asked(std::chrono::milliseconds{20}, keys))
      return false;
  }
  return true;
}

void warn_of_open_doors(const config::settings& settings) {
  if (settings.twilio.verify_signature)
    return;
  for (int i = 0; i < 3; ++i)
    config::log().critical("TWILIO SIGNATURES ARE NOT CHECKED: anybody can "
                           "start calls. Set twilio.verify_signature: true "
                           "unless this is a test.");
}

int run_until_stopped(const config::settings& settings,
                      const config::settings_source& source) {
  auto secrets = config::load_or_create_secrets(settings);
  auto keys = std::make_shared<config::vendor_keys>(settings, source);
  engine_process engine{settings, secrets, keys};
  std::cout << "velox listens on "
            << (settings.server.tls_certificate.empty() ? "http" : "https")
            << "://" << settings.server.host << ':' << engine.port()
            << std::endl; // at once: scripts wait for this line
  while (!stop_asked(std::chrono::seconds{1}, *keys)) {
    if (!engine.alive()) {
      config::log().critical("A part of the engine cannot be kept alive; the "
                             "log above says which. The engine stops.");
      return 1;
    }
  }
  config::log().info("The engine stops: no new calls; live ones may finish. "
                     "limit_ms={}",
                     settings.calls.drain_limit.count());
  engine.start_draining();
  if (!wait_for_calls(engine, *keys, settings.calls.drain_limit)) {
    config::log().warn("Calls are still live at the drain limit; they say "
                       "goodbye now.");
    engine.end_calls();
    wait_for_calls(engine, *keys, goodbye_time);
  }
  return 0;
}

} // namespace

int serve(const config::settings& settings,
          const config::settings_source& source) {
  config::set_log_level(settings.log.level);
  std::signal(SIGPIPE, SIG_IGN);
  // Before any thread starts, so that only sigtimedwait sees them.
  auto signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  warn_of_open_doors(settings);
  try {
    auto result = run_until_stopped(settings, source);
    config::log().info("The engine has stopped. exit={}", result);
    return result;
  } catch (const config::config_error&) {
    throw; // an agent file, say: as wrong as the settings are
  } catch (const std::exception& x) {
    std::cerr << "velox serve cannot run:\n" << x.what() << '\n';
    return 1;
  }
}

} // namespace velox::cli
