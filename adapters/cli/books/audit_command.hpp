#pragma once

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// Adds `velox audit verify`: whether anybody changed the audit log.
void add_audit(CLI::App& app, context& ctx);

} // namespace velox::cli
