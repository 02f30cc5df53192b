#include "adapters/cli/serve/call_metrics.hpp"

#include "config/log.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace velox::cli {

actors::call_counters
call_metrics(const std::shared_ptr<prometheus::Registry>& registry) {
  auto& ended = prometheus::BuildCounter()
                  .Name("velox_calls_ended_total")
                  .Help("Calls that ended, by reason.")
                  .Register(*registry);
  auto& restarts = prometheus::BuildCounter()
                     .Name("velox_actor_restarts_total")
                     .Help("Actors of calls that were started afresh.")
                     .Register(*registry);
  auto& interruptions = prometheus::BuildCounter()
                          .Name("velox_interruptions_total")
                          .Help("Agent turns that were cut off.")
                          .Register(*registry)
                          .Add({});
  auto& answers
    = prometheus::BuildHistogram()
        .Name("velox_answer_seconds")
        .Help("From the end of the caller's turn to the answer's first sound.")
        .Register(*registry)
        .Add({}, prometheus::Histogram::BucketBoundaries{
                   0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2, 3, 5, 10});
  actors::call_counters result;
  // The registry is shared so that the counters outlive the last call.
  result.ended = [registry, &ended](end_reason why) {
    ended.Add({{"reason", std::string{to_text(why)}}}).Increment();
  };
  result.restarted = [registry, &restarts](const std::string& child) {
    restarts.Add({{"actor", child}}).Increment();
  };
  result.interrupted
    = [registry, &interruptions] { interruptions.Increment(); };
  result.answered = [registry, &answers](std::chrono::milliseconds span) {
    answers.Observe(std::chrono::duration<double>(span).count());
  };
  return result;
}

std::function<void(const actors::long_hold&)>
report_long_holds(const std::shared_ptr<prometheus::Registry>& registry) {
  auto& holds = prometheus::BuildCounter()
                  .Name("velox_long_holds_total")
                  .Help("Handlers that held their thread for over 50 ms.")
                  .Register(*registry);
  return [registry, &holds](const actors::long_hold& x) {
    config::log().error("A handler holds its thread. actor={} message={} ms={}",
                        x.actor, x.message, x.span.count());
    holds.Add({{"actor", x.actor}, {"message", x.message}}).Increment();
  };
}

} // namespace velox::cli
