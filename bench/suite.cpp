#include "bench/suite.hpp"

#include "bench/server_process.hpp"
#include "bench/statistics.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <thread>

namespace velox::bench {

namespace {

using namespace std::chrono_literals;
using report_progress = std::function<void(const std::string&)>;

/// Our own frames may be late by this much at p99; then it is the load
/// generator that is measured.
constexpr double generator_limit_ms = 10;

/// The ramp begins at this share of the calls that the CPU time per frame
/// suggests, and grows by `ramp_growth` of them.
constexpr double ramp_start = 0.6;
constexpr double ramp_growth = 0.1;

constexpr double frames_per_second = 50;

const char* name_of(server_kind kind) {
  return kind == server_kind::floor ? "floor" : "engine";
}

double seconds(std::chrono::nanoseconds x) {
  return std::chrono::duration<double>{x}.count();
}

/// The share of a core that `server` uses while `work` runs.
template <class F>
double busy_during(const server_process& server, F work) {
  auto began = clock::now();
  auto cpu = server.cpu_time();
  work();
  auto used = server.cpu_time() - cpu;
  return seconds(used) / seconds(clock::now() - began);
}

void add(observations& to, const observations& x) {
  to.frames_out += x.frames_out;
  to.frames_in += x.frames_in;
  to.unanswered_onsets += x.unanswered_onsets;
  pool(to.generator, x.generator);
  pool(to.handled, x.handled);
  pool(to.gap, x.gap);
  pool(to.clear, x.clear);
  pool(to.echo, x.echo);
}

/// Measures `to.calls` calls once.
void measure_step(const plan& plan, server_process& server, load& callers,
                  step& to) {
  callers.grow_to(to.calls);
  callers.run(plan.settle);
  server.take_told(); // of the time before
  auto began = clock::now();
  auto cpu = server.cpu_time();
  auto seen = callers.run(plan.measure);
  auto used = seconds(server.cpu_time() - cpu);
  auto frames = (static_cast<double>(seen.frames_out) + seen.frames_in) / 2;
  to.cpu.push_back(frames > 0 ? used * 1e6 / frames : 0);
  to.busy.push_back(used / seconds(clock::now() - began));
  pool(to.clear_inside, server.take_told());
  to.memory.push_back(server.memory_kib());
  to.in_per_out.push_back(
    seen.frames_out > 0 ? seen.frames_in / static_cast<double>(seen.frames_out)
                        : 0);
  to.unanswered
    += callers.alive() - std::min(callers.alive(), callers.answered());
  to.lost += to.calls - callers.alive();
  add(to.seen, seen);
}

void measure_round(const plan& plan, server_kind kind, figures& to) {
  server_process server{name_of(kind)};
  load callers{kind, server.port()};
  std::this_thread::sleep_for(500ms); // whatever starting up left to do
  to.idle_busy.push_back(
    busy_during(server, [&] { std::this_thread::sleep_for(plan.idle); }));
  to.idle_memory.push_back(server.memory_kib());
  for (auto& x : to.steps)
    measure_step(plan, server, callers, x);
}

/// Why `seen` is no longer good; empty while it is.
std::string overload(const observations& seen, size_t lost) {
  auto late
    = std::max(percentile(seen.handled, 0.99), percentile(seen.gap, 0.99));
  if (percentile(seen.generator, 0.99) > generator_limit_ms)
    return "the load generator";
  if (late > lateness_limit_ms || lost > 0)
    return "the server";
  return "";
}

capacity find_capacity(const plan& plan, server_kind kind, double cpu_us) {
  server_process server{name_of(kind)};
  load callers{kind, server.port()};
  auto expected = 1e6 / (frames_per_second * std::max(cpu_us, 1.0));
  capacity result;
  result.limit = "the end of the ramp";
  for (size_t i = 0; i < plan.ramp_steps; ++i) {
    step next;
    auto share = ramp_start + ramp_growth * static_cast<double>(i);
    next.calls = static_cast<size_t>(expected * share);
    measure_step(plan, server, callers, next);
    if (auto why = overload(next.seen, next.lost); !why.empty()) {
      result.limit = why;
      return result;
    }
    result.calls = next.calls;
    result.busy = next.busy.back();
  }
  return result;
}

figures prepared(const plan& plan) {
  figures result;
  for (auto calls : plan.calls) {
    result.steps.emplace_back();
    result.steps.back().calls = calls;
  }
  return result;
}

void look_for_missing(const char* who, const figures& x, bool speaks,
                      std::vector<std::string>& to) {
  for (auto& step : x.steps) {
    auto where = fmt::format("{} at {} calls: ", who, step.calls);
    auto need = [&](bool there, const char* what) {
      if (!there)
        to.push_back(where + what);
    };
    need(step.lost == 0, "sockets were closed");
    need(step.unanswered == 0, "callers heard nothing");
    need(median(step.cpu) > 0, "no CPU time");
    need(median(step.memory) > median(x.idle_memory), "no memory per call");
    need(!step.seen.handled.empty(), "no frame lateness");
    need(speaks || !step.seen.echo.empty(), "no echo");
    need(!speaks || !step.seen.gap.empty(), "no gaps looked for");
    need(!speaks || !step.seen.clear.empty(), "no clear");
    need(!speaks || !step.clear_inside.empty(), "no clear in the engine");
    need(step.seen.unanswered_onsets == 0, "a barge-in without clear");
  }
  if (x.idle_busy.empty())
    to.push_back(fmt::format("{}: no idle CPU", who));
}

} // namespace

plan quick_plan() {
  plan x;
  x.calls = {20, 60};
  x.rounds = 1;
  x.settle = 500ms;
  x.measure = 3s;
  x.idle = 500ms;
  x.ramp_steps = 0;
  return x;
}

results measure(const plan& plan, const report_progress& progress) {
  results all{prepared(plan), prepared(plan)};
  for (size_t i = 0; i < plan.rounds; ++i) {
    progress(fmt::format("round {} of {}", i + 1, plan.rounds));
    measure_round(plan, server_kind::floor, all.floor);
    measure_round(plan, server_kind::engine, all.engine);
  }
  if (plan.ramp_steps == 0)
    return all;
  progress("calls per core");
  all.floor.most = find_capacity(plan, server_kind::floor,
                                 median(all.floor.steps.back().cpu));
  all.engine.most = find_capacity(plan, server_kind::engine,
                                  median(all.engine.steps.back().cpu));
  return all;
}

std::vector<std::string> missing(const results& x) {
  std::vector<std::string> result;
  look_for_missing("floor", x.floor, false, result);
  look_for_missing("engine", x.engine, true, result);
  return result;
}

} // namespace velox::bench
