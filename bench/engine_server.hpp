#pragma once

#include <string_view>

namespace velox::bench {

// What both sides of a bench call know; in the engine they come from the
// webhook.
inline constexpr std::string_view token_secret = "the bench's own secret";
inline constexpr std::string_view bench_agent = "bench-agent";
inline constexpr std::string_view bench_org = "bench";

/// The subject: the engine on one shard, with the real HTTP server, media
/// sockets, call trees, registry, memory ledger and SQLite store (in a
/// temporary directory), and providers of `fake_providers.hpp`. Announces its
/// port with `announce_port` and runs until standard input ends. Throws
/// std::exception when it cannot start.
void run_engine_server();

} // namespace velox::bench
