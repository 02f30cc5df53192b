#pragma once

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// Adds `velox test`: runs scripted calls in virtual time.
void add_test(CLI::App& app, context& ctx);

} // namespace velox::cli
