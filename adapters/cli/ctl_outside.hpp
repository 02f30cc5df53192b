#pragma once

#include "adapters/cli/context.hpp"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace velox::cli {

/// Asks the engine: method, path below /api/v1, body (JSON or empty). Prints a
/// refusal and throws what becomes the exit code.
using engine_question = std::function<std::string(
  const std::string& method, const std::string& path, const std::string& body)>;

/// Adds the verbs of `velox ctl` about money and webhooks: checkout, portal,
/// stripe-events, webhook, webhooks. `run` has a verb's action run with
/// refusals as exit codes; `json` says whether the engine's JSON is wanted.
void add_ctl_outside(
  CLI::App& ctl, context& ctx, engine_question ask,
  const std::function<void(CLI::App*, std::function<int()>)>& run,
  std::function<bool()> json);

} // namespace velox::cli
