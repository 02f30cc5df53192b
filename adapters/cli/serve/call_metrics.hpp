#pragma once

#include "actors/call_services.hpp"
#include "actors/watchdog.hpp"

#include <memory>

namespace prometheus {
class Registry;
}

namespace velox::cli {

/// Lets calls count themselves in `registry`:
///
/// - `velox_calls_ended_total{reason}`
/// - `velox_actor_restarts_total{actor}`
/// - `velox_interruptions_total`
/// - `velox_answer_seconds`: from the end of the caller's turn to the first
///   sound of the answer
actors::call_counters
call_metrics(const std::shared_ptr<prometheus::Registry>& registry);

/// For the watchdog: a log line, and `velox_long_holds_total{actor,message}`.
std::function<void(const actors::long_hold&)>
report_long_holds(const std::shared_ptr<prometheus::Registry>& registry);

} // namespace velox::cli
