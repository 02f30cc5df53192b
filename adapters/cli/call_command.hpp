#pragma once

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// Adds `velox call`: a telephone on the command line.
void add_call(CLI::App& app, context& ctx);

} // namespace velox::cli
