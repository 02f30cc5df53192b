#pragma once

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// Adds `velox migrate`: brings the database up to date and prints where it
/// stands.
void add_migrate(CLI::App& app, context& ctx);

} // namespace velox::cli
