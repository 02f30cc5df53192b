#include "bench/report.hpp"

#include "bench/server_process.hpp"
#include "bench/statistics.hpp"

#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace velox::bench {

namespace {

using text = std::back_insert_iterator<std::string>;

std::string cpu_model() {
  std::ifstream in{"/proc/cpuinfo"};
  std::string line;
  while (std::getline(in, line))
    if (line.starts_with("model name"))
      return line.substr(line.find(':') + 2);
  return "unknown CPU";
}

double ratio(double value, double floor) {
  return floor > 0 ? value / floor : 0;
}

double memory_per_call(const figures& all, const step& x) {
  return (median(x.memory) - median(all.idle_memory))
         / static_cast<double>(x.calls);
}

void write_machine(text to, size_t rounds, bool pinned) {
  fmt::format_to(to, "{}, {} cores; ", cpu_model(),
                 sysconf(_SC_NPROCESSORS_ONLN));
  if (pinned)
    fmt::format_to(to, "servers on core {}, callers on core {}; ", server_core,
                   caller_core);
  else
    fmt::format_to(to, "NOT PINNED, this machine has one core; ");
  fmt::format_to(to, "{} round{}, medians; percentiles over all rounds\n",
                 rounds, rounds == 1 ? "" : "s");
}

void write_cpu(text to, const results& x) {
  fmt::format_to(to, "\nCPU per media frame, in and out, in µs (aim: at most "
                     "2x the floor)\n");
  fmt::format_to(to, "{:>7} {:>9} {:>9} {:>8} {:>13} {:>14}\n", "calls",
                 "floor", "engine", "ratio", "engine busy", "audio out/in");
  for (size_t i = 0; i < x.engine.steps.size(); ++i) {
    auto& step = x.engine.steps[i];
    auto floor = median(x.floor.steps[i].cpu);
    auto engine = median(step.cpu);
    fmt::format_to(to,
                   "{:>7} {:>9.2f} {:>9.2f} {:>7.2f}x {:>12.1f}% {:>14.2f}\n",
                   step.calls, floor, engine, ratio(engine, floor),
                   100 * median(step.busy), median(step.in_per_out));
  }
}

void write_memory(text to, const results& x) {
  fmt::format_to(to, "\nMemory per live call, audio buffers included, in KiB "
                     "(aim: at most 300)\n");
  fmt::format_to(to, "{:>7} {:>9} {:>9}\n", "calls", "floor", "engine");
  for (size_t i = 0; i < x.engine.steps.size(); ++i)
    fmt::format_to(to, "{:>7} {:>9.1f} {:>9.1f}\n", x.engine.steps[i].calls,
                   memory_per_call(x.floor, x.floor.steps[i]),
                   memory_per_call(x.engine, x.engine.steps[i]));
}

void write_idle(text to, const results& x) {
  fmt::format_to(
    to,
    "\nWithout a call: engine {:.2f}% of a core (aim: at most "
    "1%), floor {:.2f}%; memory {:.1f} MiB and {:.1f} MiB\n",
    100 * median(x.engine.idle_busy), 100 * median(x.floor.idle_busy),
    median(x.engine.idle_memory) / 1024, median(x.floor.idle_memory) / 1024);
}

std::string p50_p99(const std::vector<double>& x) {
  return fmt::format("{:.2f} / {:.2f}", percentile(x, 0.5),
                     percentile(x, 0.99));
}

/// One line: `what` at every number of calls.
template <class F>
void write_row(text to, const char* what, const std::vector<step>& steps,
               F cell) {
  fmt::format_to(to, "  {:<36}", what);
  for (auto& x : steps)
    fmt::format_to(to, "{:>17}", cell(x));
  fmt::format_to(to, "\n");
}

void write_latency(text to, const results& x) {
  fmt::format_to(to, "\nLatencies in ms, p50 / p99 (aim: onset to clear within "
                     "the engine, p99 below 5)\n");
  auto& engine = x.engine.steps;
  auto& floor = x.floor.steps;
  write_row(to, "", engine,
            [](auto& x) { return fmt::format("{} calls", x.calls); });
  write_row(to, "onset to clear, within the engine", engine,
            [](auto& x) { return p50_p99(x.clear_inside); });
  write_row(to, "onset to clear, at the caller", engine,
            [](auto& x) { return p50_p99(x.seen.clear); });
  write_row(to, "echo at the caller, floor", floor,
            [](auto& x) { return p50_p99(x.seen.echo); });
  write_row(to, "frame handled", engine,
            [](auto& x) { return p50_p99(x.seen.handled); });
  write_row(to, "frame handled, floor", floor,
            [](auto& x) { return p50_p99(x.seen.handled); });
  write_row(to, "gap within an answer", engine,
            [](auto& x) { return p50_p99(x.seen.gap); });
  write_row(to, "callers' own frames late", engine,
            [](auto& x) { return p50_p99(x.seen.generator); });
  write_row(to, "barge-ins measured", engine,
            [](auto& x) { return fmt::format("{}", x.seen.clear.size()); });
}

std::string describe(const capacity& x) {
  if (x.calls == 0)
    return fmt::format("none of those tried (limit: {})", x.limit);
  return fmt::format("{} calls, core {:.0f}% busy, next step ended by {}",
                     x.calls, 100 * x.busy, x.limit);
}

void write_capacity(text to, const results& x) {
  fmt::format_to(to,
                 "\nCalls per core at p99 frame lateness of at most {} ms\n",
                 lateness_limit_ms);
  fmt::format_to(to, "  floor:  {}\n  engine: {}\n", describe(x.floor.most),
                 describe(x.engine.most));
  fmt::format_to(to, "  ratio:  {:.2f}x\n",
                 ratio(static_cast<double>(x.engine.most.calls),
                       static_cast<double>(x.floor.most.calls)));
}

} // namespace

std::string to_text(const results& x, size_t rounds, bool pinned) {
  std::string result;
  text to{result};
  write_machine(to, rounds, pinned);
  write_cpu(to, x);
  write_memory(to, x);
  write_idle(to, x);
  write_latency(to, x);
  if (!x.engine.most.limit.empty())
    write_capacity(to, x);
  return result;
}

} // namespace velox::bench
