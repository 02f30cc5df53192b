#pragma once

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// Adds `velox ledger check`: whether the three views of talk time agree.
void add_ledger(CLI::App& app, context& ctx);

} // namespace velox::cli
