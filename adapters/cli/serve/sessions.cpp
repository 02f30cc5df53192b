#include "adapters/cli/serve/sessions.hpp"

#include "adapters/http/ask.hpp"
#include "config/log.hpp"
#include "persistence/redis/sessions.hpp"
#include "persistence/session_store.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <stdexcept>
#include <unistd.h>

namespace velox::cli {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{2};

std::optional<persistence::redis::endpoint>
redis_of(const config::storage_settings& x) {
  if (!x.redis_url.empty()) {
    try {
      return persistence::redis::parse_endpoint(x.redis_url);
    } catch (const std::invalid_argument& e) {
      throw std::runtime_error{std::string{"storage.redis_url (REDIS_URL) "}
                               + e.what()};
    }
  }
  if (x.redis_host.empty())
    return std::nullopt;
  persistence::redis::endpoint result;
  result.host = x.redis_host;
  result.port = x.redis_port;
  return result;
}

persistence::redis::client_counters
counters(const std::shared_ptr<prometheus::Registry>& registry) {
  auto& up = prometheus::BuildGauge()
               .Name("velox_redis_up")
               .Help("1 while Redis answers.")
               .Register(*registry)
               .Add({});
  auto& commands = prometheus::BuildCounter()
                     .Name("velox_redis_commands_total")
                     .Help("Commands to Redis by result: ok, refused by it, "
                           "failed without an answer.")
                     .Register(*registry);
  auto& reconnects = prometheus::BuildCounter()
                       .Name("velox_redis_reconnects_total")
                       .Help("Connections to Redis after the first.")
                       .Register(*registry)
                       .Add({});
  persistence::redis::client_counters result;
  // The registry is shared so that the counters outlive the client.
  result.up = [registry, &up](bool x) { up.Set(x ? 1 : 0); };
  result.command = [registry, &commands](std::string_view x) {
    commands.Add({{"result", std::string{x}}}).Increment();
  };
  result.reconnected = [registry, &reconnects] { reconnects.Increment(); };
  return result;
}

/// The number under a name that does not tell it: HMAC-SHA256, 128 bits of it.
std::string hidden(const std::string& number, const std::string& secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(number.data()), number.size(),
       digest.data(), &length);
  constexpr char digits[] = "0123456789abcdef";
  std::string result;
  for (size_t i = 0; i < 16; ++i) {
    result += digits[digest[i] >> 4];
    result += digits[digest[i] & 15];
  }
  return result;
}

} // namespace

std::string node_name(const config::settings& settings) {
  auto& wanted = settings.storage.node_name;
  if (!wanted.empty()) {
    if (!is_node_name(wanted))
      throw std::runtime_error{"storage.node_name (VELOX_NODE_NAME) must have "
                               "1 to 64 letters, digits, '.', '_' or '-'; "
                               "shorten or rewrite it"};
    return wanted;
  }
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0)
    host = {"localhost"};
  auto result
    = std::string{host.data()}.substr(0, 48) + "-"
      + std::to_string(settings.server.port != 0 ? settings.server.port
                                                 : ::getpid());
  std::replace_if(
    result.begin(), result.end(),
    [](char c) {
      return !is_node_name(std::string_view{&c, 1});
    },
    '-');
  return result;
}

bool is_known_caller(const std::string& caller) {
  // RESTRICTED, BLOCKED, UNKNOWN, ANONYMOUS and UNAVAILABLE on a keypad, which
  // carriers give for callers without a number.
  constexpr std::array nobody{"+7378742833", "+2562533", "+8656696",
                              "+266696687", "+86282452253"};
  auto digits = std::string_view{caller}.substr(caller.empty() ? 0 : 1);
  return caller.starts_with('+') && digits.size() >= 7 && digits.size() <= 15
         && std::all_of(digits.begin(), digits.end(),
                        [](char c) { return c >= '0' && c <= '9'; })
         && std::find(nobody.begin(), nobody.end(), caller) == nobody.end();
}

sessions::sessions(caf::actor_system& sys, const config::settings& settings,
                   std::string secret,
                   const std::shared_ptr<prometheus::Registry>& registry)
  : sys_(sys), node_(node_name(settings)), secret_(std::move(secret)),
    caller_limit_(settings.calls.per_caller_per_minute) {
  persistence::session_store_options options;
  options.node = node_;
  if (auto where = redis_of(settings.storage)) {
    persistence::redis::sessions_options redis;
    redis.node = node_;
    redis.client.where = *where;
    redis.client.counters = counters(registry);
    options.shared = persistence::redis::make_sessions(std::move(redis));
    shared_ = true;
    config::log().info("Live calls are shared through Redis. at={} node={}",
                       config::field(where->text()), node_);
  }
  store_ = persistence::spawn_session_store(sys, std::move(options));
}

void sessions::listen(provider_gateway_actor gateways,
                      std::vector<std::string> providers) {
  caf::anon_send(store_,
                 node_listeners{std::move(gateways), std::move(providers)});
}

std::function<void(const std::string&, std::function<void(bool)>)>
sessions::caller_limit() const {
  if (caller_limit_ == 0)
    return nullptr;
  return [&sys = sys_, store = store_, secret = secret_, limit = caller_limit_](
           const std::string& caller, const std::function<void(bool)>& then) {
    if (!is_known_caller(caller)) {
      then(true);
      return;
    }
    http::ask(
      sys, store, patience,
      [then](const request_allowed& x) { then(x.allowed); },
      // A limit that cannot be looked up refuses nobody.
      [then](const caf::error&) { then(true); },
      allow_request{"caller:" + hidden(caller, secret), limit, 60'000});
  };
}

void sessions::look(
  std::function<void(std::optional<http::health_check>)> report) const {
  if (!shared_) {
    report(std::nullopt);
    return;
  }
  auto check = [](bool ok, const std::string& why) {
    return http::health_check{"redis", ok, why, false};
  };
  http::ask(
    sys_, store_, patience,
    [report, check](const session_status& x) {
      report(check(x.up, x.explanation));
    },
    [report, check](const caf::error&) {
      report(check(false, "The session store does not answer."));
    },
    caf::get_atom_v);
}

void sessions::stop() {
  caf::anon_send_exit(store_, caf::exit_reason::user_shutdown);
  store_ = nullptr;
}

} // namespace velox::cli
