#include "adapters/cli/serve/serve.hpp"

#include "adapters/cli/serve/engine_process.hpp"
#include "config/log.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <iostream>

namespace velox::cli {

namespace {

/// What calls get for their goodbye when the drain limit is over.
constexpr std::chrono::seconds goodbye_time{15};

sigset_t stop_signals() {
  sigset_t result;
  sigemptyset(&result);
  sigaddset(&result, SIGTERM);
  sigaddset(&result, SIGINT);
  return result;
}

/// Waits for a stop signal, at most `span`. True when one came.
bool stop_asked(std::chrono::milliseconds span) {
  auto signals = stop_signals();
  timespec wait{span.count() / 1000, (span.count() % 1000) * 1'000'000};
  return sigtimedwait(&signals, nullptr, &wait) > 0;
}

/// Waits until the last call has ended. False when `limit` passes first, or a
/// second signal shows that somebody is in a hurry.
bool wait_for_calls(const engine_process& engine,
                    std::chrono::milliseconds limit) {
  auto until = std::chrono::steady_clock::now() + limit;
  while (!engine.drained() && engine.alive()) {
    if (std::chrono::steady_clock::now() >= until
        || stop_asked(std::chrono::milliseconds{20}))
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

int run_until_stopped(const config::settings& settings) {
  auto secrets = config::load_or_create_secrets(settings);
  engine_process engine{settings, secrets};
  std::cout << "velox listens on "
            << (settings.server.tls_certificate.empty() ? "http" : "https")
            << "://" << settings.server.host << ':' << engine.port()
            << std::endl; // at once: scripts wait for this line
  while (!stop_asked(std::chrono::seconds{1})) {
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
  if (!wait_for_calls(engine, settings.calls.drain_limit)) {
    config::log().warn("Calls are still live at the drain limit; they say "
                       "goodbye now.");
    engine.end_calls();
    wait_for_calls(engine, goodbye_time);
  }
  return 0;
}

} // namespace

int serve(const config::settings& settings) {
  config::set_log_level(settings.log.level);
  std::signal(SIGPIPE, SIG_IGN);
  // Before any thread starts, so that only sigtimedwait sees them.
  auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  warn_of_open_doors(settings);
  try {
    auto result = run_until_stopped(settings);
    config::log().info("The engine has stopped. exit={}", result);
    return result;
  } catch (const std::exception& x) {
    std::cerr << "velox serve cannot run:\n" << x.what() << '\n';
    return 1;
  }
}

} // namespace velox::cli
