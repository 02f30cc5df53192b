#pragma once

#include "protocol/ports.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::asio {
class io_context;
} // namespace boost::asio

namespace velox::bench {

// What both sides of a bench call know; in the engine they come from the
// webhook.
inline constexpr std::string_view token_secret = "the bench's own secret";
inline constexpr std::string_view bench_agent = "bench-agent";
inline constexpr std::string_view bench_org = "bench";

/// What differs from one subject to another.
struct engine_setup {
  /// Made with the shard's context; empty: the providers of
  /// `fake_providers.hpp`.
  std::function<provider_source(boost::asio::io_context&)> choose{};
  std::vector<std::string> gateways{}; ///< the vendors that have one
  std::string greeting{};              ///< empty: the model is asked for it
  /// Whether callers are asked "are you still there?" after 8 s.
  bool asks_the_idle = true;
  /// Whether the voice detectors tell the owner how long a `clear` took.
  bool tells_clears = true;
  /// What the owner hears when it asks.
  std::function<std::vector<double>()> figures{};
  /// Ends what `choose` has begun; the actors are gone by then.
  std::function<void()> stop{};
};

/// The subject: the engine on one shard, with the real HTTP server, media
/// sockets, call trees, registry, memory ledger and SQLite store (in a
/// temporary directory). Announces its
/// port with `announce_port` and runs until standard input ends. Throws
/// std::exception when it cannot start.
void run_engine_server(const engine_setup& setup = {});

} // namespace velox::bench
