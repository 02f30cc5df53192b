#pragma once

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// Adds `velox backup`: a copy of the database while the engine runs.
void add_backup(CLI::App& app, context& ctx);

} // namespace velox::cli
