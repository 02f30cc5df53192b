#include "bench/endings/report.hpp"
#include "bench/engine_server.hpp"
#include "bench/floor_server.hpp"
#include "bench/report.hpp"
#include "bench/server_process.hpp"
#include "bench/statistics.hpp"
#include "bench/suite.hpp"
#ifdef VELOX_BENCH_TURNS
#include "bench/turns/engine.hpp"
#include "bench/turns/floor.hpp"
#include "bench/turns/report.hpp"
#include "bench/turns/suite.hpp"
#endif

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>
#include <string_view>

/// velox_bench: what must stay fast, against floors. See bench/README.md.

namespace {

using namespace velox::bench;

struct wishes {
  bool quick = false;
  std::string only; ///< "calls", "turns" or "endings"; empty: all
  std::string server;
  std::vector<std::string> vendors;
  std::string board;
  std::string json;
  plan calls;
  ending_plan endings;
  bool details = false; ///< of every utterance
#ifdef VELOX_BENCH_TURNS
  turn_plan turns;
#endif
};

void progress(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
}

int serve(const wishes& x) {
  pin_to_core(server_core);
  if (x.server == "floor")
    run_floor_server();
  else if (x.server == "engine")
    run_engine_server();
#ifdef VELOX_BENCH_TURNS
  else if (x.server == "turn-floor")
    run_turn_floor(vendor_places::from(x.vendors), x.board);
  else
    run_turn_engine(vendor_places::from(x.vendors));
#endif
  return 0;
}

/// Returns whether all figures are there.
bool complete(const std::vector<std::string>& gaps) {
  for (auto& gap : gaps)
    progress("velox_bench: missing: " + gap);
  return gaps.empty();
}

bool run_calls(const wishes& x, bool pinned) {
  auto plan = x.quick ? quick_plan() : x.calls;
  auto all = measure(plan, progress);
  std::fputs(to_text(all, plan.rounds, pinned).c_str(), stdout);
  return complete(missing(all));
}

#ifdef VELOX_BENCH_TURNS
bool run_turns(const wishes& x) {
  auto all = measure_turns(x.quick ? quick_turn_plan() : x.turns, progress);
  std::fputs(to_text(all).c_str(), stdout);
  if (!x.json.empty()) {
    std::ofstream out{x.json};
    out << to_json(all) << '\n';
    if (!out.flush())
      throw std::runtime_error{"cannot write " + x.json};
  }
  return complete(missing(all));
}
#endif

bool run_endings(const wishes& x) {
  auto all = measure_endings(x.endings, progress);
  std::fputs(to_text(all, x.details).c_str(), stdout);
  progress(fmt::format("recogniser: {:.1f} ms (p50), {:.1f} ms (p90) of work "
                       "after the end of a voice; {} ms are reckoned with",
                       percentile(all.latencies, 0.5),
                       percentile(all.latencies, 0.9),
                       recognition_latency.count()));
  return complete(missing(all));
}

int run(const wishes& x) {
  auto wanted
    = [&x](std::string_view part) { return x.only.empty() || x.only == part; };
  auto good = true;
  // On all cores, for its figures are not times of ours.
  if (wanted("endings") && !(x.quick && x.only.empty()))
    good = run_endings(x);
  auto pinned = pin_to_core(caller_core);
  if (wanted("calls"))
    good = run_calls(x, pinned) && good;
#ifdef VELOX_BENCH_TURNS
  if (wanted("turns"))
    good = run_turns(x) && good;
#endif
  return good ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures the engine against bare floors and prints ratios. "
               "Exit code 1: a figure is missing."};
  wishes x;
  app.add_flag("--quick", x.quick, "All figures in half a minute, few calls");
  app.add_option("--calls", x.calls.calls, "Numbers of calls, growing");
  app.add_option("--rounds", x.calls.rounds, "How often to measure each")
    ->check(CLI::PositiveNumber);
  app.add_option("--ramp-steps", x.calls.ramp_steps,
                 "Steps towards the most calls per core; 0 for none");
  app.add_option("--corpus", x.endings.corpus, "Utterances for endings")
    ->check(CLI::ExistingFile);
  app.add_flag("--details", x.details, "Every utterance of endings");
#ifdef VELOX_BENCH_TURNS
  std::vector<std::string> parts{"calls", "turns", "endings"};
#else
  std::vector<std::string> parts{"calls", "endings"};
#endif
  app.add_option("--only", x.only, "Some of the figures")
    ->check(CLI::IsMember(parts));
#ifdef VELOX_BENCH_TURNS
  app.add_option("--turn-calls", x.turns.calls, "Calls at once, for turns")
    ->check(CLI::PositiveNumber);
  app.add_option("--turns", x.turns.turns, "Turns of each call")
    ->check(CLI::PositiveNumber);
  app.add_option("--json", x.json, "Write the figures of turns to this file");
  app.add_option("--vendors", x.vendors)->expected(4)->group("");
  app.add_option("--board", x.board)->group("");
#endif
  app.add_option("--serve", x.server)
    ->check(CLI::IsMember({"floor", "engine", "turns", "turn-floor"}))
    ->group(""); // how it starts itself
  CLI11_PARSE(app, argc, argv);
  allow_many_sockets();
  try {
    return x.server.empty() ? run(x) : serve(x);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "velox_bench: %s\n", error.what());
    return 1;
  }
}
