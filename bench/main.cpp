#include "bench/engine_server.hpp"
#include "bench/floor_server.hpp"
#include "bench/report.hpp"
#include "bench/server_process.hpp"
#include "bench/suite.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

/// velox_bench: what must stay fast, against floors. See bench/README.md.

namespace {

using namespace velox::bench;

int serve(const std::string& name) {
  pin_to_core(server_core);
  if (name == "floor")
    run_floor_server();
  else
    run_engine_server();
  return 0;
}

int run(const plan& x) {
  auto pinned = pin_to_core(caller_core);
  auto all = measure(x, [](const std::string& line) {
    std::fprintf(stderr, "%s\n", line.c_str());
  });
  std::fputs(to_text(all, x.rounds, pinned).c_str(), stdout);
  auto gaps = missing(all);
  for (auto& gap : gaps)
    std::fprintf(stderr, "velox_bench: missing: %s\n", gap.c_str());
  return gaps.empty() ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures the engine against bare floors and prints ratios. "
               "Exit code 1: a figure is missing."};
  bool quick = false;
  std::string server;
  plan custom;
  app.add_flag("--quick", quick, "All figures in 20 seconds, with few calls");
  app.add_option("--calls", custom.calls, "Numbers of calls, growing");
  app.add_option("--rounds", custom.rounds, "How often to measure each")
    ->check(CLI::PositiveNumber);
  app.add_option("--ramp-steps", custom.ramp_steps,
                 "Steps towards the most calls per core; 0 for none");
  app.add_option("--serve", server)
    ->check(CLI::IsMember({"floor", "engine"}))
    ->group(""); // how it starts itself
  CLI11_PARSE(app, argc, argv);
  allow_many_sockets();
  try {
    if (!server.empty())
      return serve(server);
    return run(quick ? quick_plan() : custom);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "velox_bench: %s\n", error.what());
    return 1;
  }
}
