#pragma once

#include "adapters/net/outbound.hpp"
#include "bench/turn_board.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace velox::bench {

/// How many turns are measured, and of how many calls at once.
struct turn_plan {
  std::vector<size_t> calls{1, 100, 500};
  size_t turns = 7; ///< of each call
  /// Of one caller who is alone, so that there is something to count.
  size_t turns_alone = 15;
  /// From one turn of a call to its next. At 4 s, with one sentence each, the
  /// voice's 20 Flushes a minute are enough.
  std::chrono::milliseconds period{4'000};
  /// Between the greeting's first sound and the first turn.
  std::chrono::milliseconds settle{1'000};
  bool plain_alone = true; ///< without TLS also for one caller
};

/// A quick look; good for no comparison.
turn_plan quick_turn_plan();

enum class turn_subject : uint8_t {
  floor,  ///< a bare client, TLS
  engine, ///< the engine, TLS
  plain,  ///< the engine, http and ws
};

const char* to_text(turn_subject x);

/// One subject at one number of calls.
struct turn_step {
  size_t calls = 0;
  turn_subject subject = turn_subject::floor;
  turn_spans spans;
  double cpu = 0;  ///< seconds of CPU per minute of a call, all open
  double busy = 0; ///< share of a core, 0 to 1
  /// The same of the vendors and the callers together. Near 1 it is they who
  /// are measured.
  double bench_busy = 0;
  net::outbound_counts out;      ///< from the first call on, openings included
  std::vector<double> generator; ///< ms that callers' frames were late
  int threads = 0;               ///< of the vendors: connections at the end
  std::string failed{};          ///< why there are no figures
};

struct turn_results {
  std::vector<turn_step> steps;
  double load = 0; ///< the machine's, over a minute, before we began
};

/// Throws std::runtime_error when a server fails to start.
turn_results
measure_turns(const turn_plan& plan,
              const std::function<void(const std::string&)>& progress);

/// What is missing in `x`; empty when every turn was answered.
std::vector<std::string> missing(const turn_results& x);

/// The share of requests that found an open connection, 0 to 1.
double reuse_rate(const net::outbound_counts& x);

} // namespace velox::bench
