#pragma once

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// Adds `velox org create|credit|list`: who uses the engine, and on what
/// credit.
void add_org(CLI::App& app, context& ctx);

} // namespace velox::cli
