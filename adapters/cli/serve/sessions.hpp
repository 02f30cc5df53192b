#pragma once

#include "adapters/http/health.hpp"
#include "config/settings.hpp"
#include "protocol/session_store.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prometheus {
class Registry;
} // namespace prometheus

namespace velox::cli {

/// What this node shares with others: the session store, in process or in
/// Redis as the settings say, and what the engine shows of it.
class sessions {
public:
  /// `secret`: known to all nodes, nothing is stored under a key that shows a
  /// number. Throws std::runtime_error naming the setting that is wrong; a
  /// Redis that does not answer is no error.
  sessions(caf::actor_system& sys, const config::settings& settings,
           std::string secret,
           const std::shared_ptr<prometheus::Registry>& registry);

  const session_store_actor& store() const { return store_; }

  /// This node's name.
  const std::string& node() const { return node_; }

  /// From now on, `gateways` hears of the other nodes' breakers.
  void
  listen(provider_gateway_actor gateways, std::vector<std::string> providers);

  /// Whether a caller may call once more now, answered on any thread. Empty
  /// when the settings set no limit.
  std::function<void(const std::string& caller, std::function<void(bool)>)>
  caller_limit() const;

  /// For readyz: none when there is no Redis to look at. A Redis that is away
  /// is no reason to send calls elsewhere.
  void
  look(std::function<void(std::optional<http::health_check>)> report) const;

  /// Ends the store; what the calls' ends have to say is said first.
  void stop();

private:
  caf::actor_system& sys_;
  std::string node_;
  std::string secret_;
  uint64_t caller_limit_;
  bool shared_ = false;
  session_store_actor store_;
};

/// The name of this node: the setting, or host name and port. Throws
/// std::runtime_error for one that is none.
std::string node_name(const config::settings& settings);

/// Whether `caller` is somebody: a number in E.164, and none that stands for
/// callers who withhold theirs ("ANONYMOUS" in keypad letters and the like).
bool is_known_caller(const std::string& caller);

} // namespace velox::cli
