#include "bench/engine_server.hpp"
#include "bench/floor_server.hpp"
#include "bench/report.hpp"
#include "bench/server_process.hpp"
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
#include <fstream>
#include <stdexcept>

/// velox_bench: what must stay fast, against floors. See bench/README.md.

namespace {

using namespace velox::bench;

struct wishes {
  bool quick = false;
  std::string only; ///< "calls" or "turns"; empty: both
  std::string server;
  std::vector<std::string> vendors;
  std::string board;
  std::string json;
  plan calls;
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

int run(const wishes& x) {
  auto pinned = pin_to_core(caller_core);
  auto good = true;
  if (x.only != "turns")
    good = run_calls(x, pinned);
#ifdef VELOX_BENCH_TURNS
  if (x.only != "calls")
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
#ifdef VELOX_BENCH_TURNS
  app.add_option("--only", x.only, "Half of the figures: calls or turns")
    ->check(CLI::IsMember({"calls", "turns"}));
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
