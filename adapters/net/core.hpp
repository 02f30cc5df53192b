#pragma once

#include "adapters/net/gate.hpp"
#include "adapters/net/outbound.hpp"
#include "adapters/net/proxy.hpp"
#include "adapters/net/resolver.hpp"
#include "adapters/net/tls_client.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>

/// INTERNAL to adapters/net: what everything of one outbound shares.

namespace velox::net {

class http_pool;

/// What all outbounds of the process share. Any thread.
struct shared_parts {
  /// `ask` takes the place of the system's DNS, in tests.
  explicit shared_parts(const outbound_options& x, resolver::lookup ask = {});

  const outbound_options options;
  tls_client tls;
  resolver dns;
  const proxy_settings proxies;
};

/// Written on the outbound's thread, read on any.
struct counters {
  std::atomic<uint64_t> requests = 0;
  std::atomic<uint64_t> connections = 0;
  std::atomic<uint64_t> reused = 0;
  std::atomic<uint64_t> tls_handshakes = 0;
  std::atomic<uint64_t> tls_resumed = 0;
  std::atomic<uint64_t> open = 0;
};

/// Something under way that ends when its outbound stops.
class stoppable {
public:
  virtual ~stoppable() = default;
  virtual void stop() = 0;
};

/// Lives on the thread of its io_context; only `gate` and `count` may be used
/// from elsewhere.
class core {
public:
  core(boost::asio::io_context& context, std::shared_ptr<shared_parts> parts);
  ~core();

  void add(const std::shared_ptr<stoppable>& x);
  void remove(stoppable* x);

  /// Stops all that was added; idempotent.
  void stop();
  bool stopped() const { return stopped_; }

  const outbound_options& options() const { return shared->options; }

  boost::asio::io_context& io;
  const std::shared_ptr<shared_parts> shared;
  const std::shared_ptr<net::gate> gate;
  const std::shared_ptr<counters> count;
  std::unordered_map<std::string, std::shared_ptr<http_pool>> pools;

private:
  std::unordered_map<stoppable*, std::weak_ptr<stoppable>> under_way_;
  bool stopped_ = false;
};

using core_ptr = std::shared_ptr<core>;

} // namespace velox::net
