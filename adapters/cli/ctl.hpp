#pragma once

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// Adds `velox ctl`: looks at the live calls of a running engine, ends one,
/// kills one actor as a drill.
void add_ctl(CLI::App& app, context& ctx);

} // namespace velox::cli
