#include "bench/turns/suite.hpp"

#include "bench/load.hpp"
#include "bench/server_process.hpp"
#include "bench/statistics.hpp"
#include "bench/turns/floor.hpp"

#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <thread>

namespace velox::bench {

namespace {

using namespace std::chrono_literals;
using report_progress = std::function<void(const std::string&)>;

/// Between two calls that begin: 500 open in 5 s, their handshakes too.
constexpr auto opening_pause = 10ms;
/// Until everybody has heard the greeting.
constexpr auto opening_patience = 60s;
/// What an answer may take beyond the caller's last word.
constexpr auto answer_patience = 8s;
constexpr auto slice = 50ms;

double seconds(std::chrono::nanoseconds x) {
  return std::chrono::duration<double>{x}.count();
}

/// CPU time of this process: callers and vendors.
std::chrono::nanoseconds own_cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec}
         + std::chrono::nanoseconds{time.tv_nsec};
}

/// Lets `pass` spend time until all turns are answered, or too late.
template <class CpuTime, class Pass>
void run_turns(turn_board& board, turn_step& to, CpuTime cpu_time, Pass pass) {
  auto cpu = cpu_time();
  auto own = own_cpu_time();
  auto began = clock::now();
  board.start(began);
  auto deadline = board.last_word() + answer_patience;
  while (!board.complete() && clock::now() < deadline)
    pass(slice);
  auto used = seconds(cpu_time() - cpu);
  auto span = seconds(clock::now() - began);
  auto ours = seconds(own_cpu_time() - own);
  to.busy = used / span;
  to.bench_busy = ours / span;
  to.cpu = used / (static_cast<double>(to.calls) * span / 60);
  to.spans = spans_of(board.times());
}

void measure_engine(const turn_plan& plan, turn_board& board,
                    const turn_vendors& vendors, turn_step& to) {
  server_process server{"turns", vendors.places().arguments()};
  load callers{server_kind::engine, server.port(), &board};
  callers.grow_to(to.calls, opening_pause);
  auto deadline = clock::now() + opening_patience;
  while (callers.answered() < to.calls && clock::now() < deadline)
    callers.run(slice);
  if (callers.answered() < to.calls) {
    to.failed = fmt::format("{} of {} calls heard no greeting",
                            to.calls - callers.answered(), to.calls);
    return;
  }
  callers.run(plan.settle);
  run_turns(
    board, to, [&] { return server.cpu_time(); },
    [&](clock::duration span) {
      pool(to.generator, callers.run(span).generator);
    });
  to.out = to_counts(server.ask(count_figures));
  to.threads = vendors.open();
}

void measure_floor(const turn_plan& plan, turn_board& board,
                   const turn_vendors& vendors, turn_step& to) {
  auto arguments = vendors.places().arguments();
  arguments.push_back("--board");
  arguments.push_back(board.share());
  server_process floor{"turn-floor", arguments};
  std::this_thread::sleep_for(plan.settle);
  run_turns(
    board, to, [&] { return floor.cpu_time(); },
    [](clock::duration span) { std::this_thread::sleep_for(span); });
  to.out = to_counts(floor.ask(count_figures));
  to.threads = vendors.open();
}

} // namespace

turn_plan quick_turn_plan() {
  turn_plan x;
  x.calls = {1, 10};
  x.turns = x.turns_alone = 1;
  x.period = 600ms;
  x.settle = 200ms;
  x.plain_alone = false;
  return x;
}

const char* to_text(turn_subject x) {
  switch (x) {
    case turn_subject::floor: return "floor";
    case turn_subject::engine: return "engine";
    case turn_subject::plain: return "plain";
  }
  return "";
}

turn_results
measure_turns(const turn_plan& plan, const report_progress& progress) {
  turn_results all;
  getloadavg(&all.load, 1);
  for (auto calls : plan.calls) {
    for (auto subject :
         {turn_subject::floor, turn_subject::engine, turn_subject::plain}) {
      if (subject == turn_subject::plain && calls == 1 && !plan.plain_alone)
        continue;
      progress(fmt::format("turns: {} calls, {}", calls, to_text(subject)));
      turn_step x;
      x.calls = calls;
      x.subject = subject;
      turn_board board{calls, calls == 1 ? plan.turns_alone : plan.turns,
                       plan.period};
      turn_vendors vendors{board, subject != turn_subject::plain};
      if (subject == turn_subject::floor)
        measure_floor(plan, board, vendors, x);
      else
        measure_engine(plan, board, vendors, x);
      all.steps.push_back(std::move(x));
    }
  }
  return all;
}

std::vector<std::string> missing(const turn_results& x) {
  std::vector<std::string> result;
  for (auto& step : x.steps) {
    auto where = fmt::format("turns, {} at {} calls: ", to_text(step.subject),
                             step.calls);
    if (!step.failed.empty())
      result.push_back(where + step.failed);
    else if (step.spans.planned == 0)
      result.push_back(where + "no turns");
    else if (step.spans.unanswered > 0)
      result.push_back(fmt::format("{}{} of {} turns without an answer", where,
                                   step.spans.unanswered, step.spans.planned));
    else if (step.cpu <= 0)
      result.push_back(where + "no CPU time");
    else if (step.out.requests < step.spans.planned)
      result.push_back(where + "no counts of the way out");
  }
  return result;
}

double reuse_rate(const net::outbound_counts& x) {
  return x.requests > 0
           ? static_cast<double>(x.reused) / static_cast<double>(x.requests)
           : 0;
}

} // namespace velox::bench
