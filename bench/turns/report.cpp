#include "bench/turns/report.hpp"

#include "bench/statistics.hpp"
#include "bench/turns/vendors.hpp"
#include "protocol/json.hpp"

#include <fmt/format.h>
#include <iterator>
#include <unistd.h>

namespace velox::bench {

namespace {

using text = std::back_insert_iterator<std::string>;
using values = std::vector<double>;

constexpr double scripted_ms
  = static_cast<double>((model_delay + voice_delay).count());

double ratio(double value, double floor) {
  return floor > 0 ? value / floor : 0;
}

/// Another subject at the same number of calls; null when it was not measured.
const turn_step*
other(const turn_results& all, const turn_step& x, turn_subject subject) {
  for (auto& step : all.steps)
    if (step.calls == x.calls && step.subject == subject)
      return &step;
  return nullptr;
}

values overslept(const turn_step& x) {
  auto result = x.spans.delays;
  for (auto& value : result)
    value -= scripted_ms;
  return result;
}

std::string p50_p99(const values& x) {
  return fmt::format("{:.2f} / {:.2f}", percentile(x, 0.5),
                     percentile(x, 0.99));
}

void write_turns(text to, const turn_results& all) {
  fmt::format_to(to, "{:>6} {:<7} {:>6} {:>8} {:>8} {:>8} {:>7} {:>7}\n",
                 "calls", "", "turns", "p50", "p99", "worst", "p50 x", "p99 x");
  for (auto& x : all.steps) {
    if (!x.failed.empty()) {
      fmt::format_to(to, "{:>6} {:<7} {}\n", x.calls, to_text(x.subject),
                     x.failed);
      continue;
    }
    auto* floor = other(all, x, turn_subject::floor);
    auto times = [&](double share) {
      return floor ? ratio(percentile(x.spans.whole, share),
                           percentile(floor->spans.whole, share))
                   : 0;
    };
    fmt::format_to(
      to, "{:>6} {:<7} {:>6} {:>8.2f} {:>8.2f} {:>8.2f} {:>6.2f}x {:>6.2f}x\n",
      x.calls, to_text(x.subject), x.spans.whole.size(),
      percentile(x.spans.whole, 0.5), percentile(x.spans.whole, 0.99),
      percentile(x.spans.whole, 1), times(0.5), times(0.99));
  }
}

void write_parts(text to, const turn_results& all) {
  fmt::format_to(to,
                 "\nWhere it goes, p50 / p99 in ms\n{:>6} {:<7} {:>17} {:>17} "
                 "{:>17} {:>17} {:>17}\n",
                 "calls", "", "final to request", "token to text",
                 "sound to frame", "vendors late", "own frames late");
  for (auto& x : all.steps)
    fmt::format_to(to, "{:>6} {:<7} {:>17} {:>17} {:>17} {:>17} {:>17}\n",
                   x.calls, to_text(x.subject), p50_p99(x.spans.request),
                   p50_p99(x.spans.text), p50_p99(x.spans.frame),
                   p50_p99(overslept(x)),
                   x.generator.empty() ? "" : p50_p99(x.generator));
}

void write_cost(text to, const turn_results& all) {
  fmt::format_to(to,
                 "\nWhat it costs; CPU seconds per call-minute, openings not "
                 "counted\n{:>6} {:<7} {:>9} {:>8} {:>8} {:>11} {:>8} {:>8} "
                 "{:>8} {:>11}\n",
                 "calls", "", "CPU", "busy", "x plain", "handshakes", "resumed",
                 "reused", "threads", "bench busy");
  for (auto& x : all.steps) {
    auto* plain = other(all, x, turn_subject::plain);
    fmt::format_to(
      to,
      "{:>6} {:<7} {:>9.3f} {:>7.1f}% {:>7.2f}x {:>11} {:>8} {:>7.1f}% "
      "{:>8} {:>10.1f}%\n",
      x.calls, to_text(x.subject), x.cpu, 100 * x.busy,
      plain ? ratio(x.cpu, plain->cpu) : 0, x.out.tls_handshakes,
      x.out.tls_resumed, 100 * reuse_rate(x.out), x.threads,
      100 * x.bench_busy);
  }
}

json_object to_object(const values& x) {
  json_object result;
  result.add("p50", percentile(x, 0.5))
    .add("p99", percentile(x, 0.99))
    .add("worst", percentile(x, 1));
  return result;
}

json_object to_object(const turn_step& x) {
  auto whole = [](uint64_t value) { return static_cast<int64_t>(value); };
  json_object out;
  out.add("requests", whole(x.out.requests))
    .add("connections", whole(x.out.connections))
    .add("reused", whole(x.out.reused))
    .add("tls_handshakes", whole(x.out.tls_handshakes))
    .add("tls_resumed", whole(x.out.tls_resumed));
  json_object result;
  result.add("calls", whole(x.calls))
    .add("subject", to_text(x.subject))
    .add("failed", x.failed)
    .add("planned", whole(x.spans.planned))
    .add("unanswered", whole(x.spans.unanswered))
    .add("turn_ms", to_object(x.spans.whole))
    .add("final_to_request_ms", to_object(x.spans.request))
    .add("token_to_text_ms", to_object(x.spans.text))
    .add("sound_to_frame_ms", to_object(x.spans.frame))
    .add("vendors_late_ms", to_object(overslept(x)))
    .add("own_frames_late_ms", to_object(x.generator))
    .add("cpu_seconds_per_call_minute", x.cpu)
    .add("busy", x.busy)
    .add("bench_busy", x.bench_busy)
    .add("vendor_threads", int64_t{x.threads})
    .add("reuse_rate", reuse_rate(x.out))
    .add("outbound", out);
  return result;
}

} // namespace

std::string to_text(const turn_results& x) {
  std::string result;
  text to{result};
  fmt::format_to(
    to,
    "\nA turn over vendors: from the recogniser's last frame to the first "
    "audio at the caller,\nless what the model ({} ms) and the voice ({} ms) "
    "waited; ms, and times the floor\n",
    model_delay.count(), voice_delay.count());
  write_turns(to, x);
  write_parts(to, x);
  write_cost(to, x);
  fmt::format_to(to, "\nLoad average when this began: {:.2f}, on {} cores.{}\n",
                 x.load, sysconf(_SC_NPROCESSORS_ONLN),
                 x.load > 0.5 ? " THE MACHINE WAS BUSY: these figures want a "
                                "quiet one."
                              : " The vendors and callers share one of them.");
  return result;
}

std::string to_json(const turn_results& x) {
  json_array steps;
  for (auto& step : x.steps)
    steps.add(to_object(step));
  return json_object{}.add("load", x.load).add("steps", steps).str();
}

} // namespace velox::bench
