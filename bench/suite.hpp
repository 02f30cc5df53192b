#pragma once

#include "bench/load.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace velox::bench {

/// How much is measured.
struct plan {
  std::vector<size_t> calls{100, 500, 1000}; ///< at once, growing
  size_t rounds = 3;
  std::chrono::milliseconds settle{1'500};  ///< before each measurement
  std::chrono::milliseconds measure{3'000}; ///< per measurement
  std::chrono::milliseconds idle{3'000};    ///< without a call
  size_t ramp_steps = 6; ///< how often more calls are tried per core
};

/// A quick look: all figures, none of them good for a comparison.
plan quick_plan();

/// One server at one number of calls, over all rounds.
struct step {
  size_t calls = 0;
  std::vector<double> cpu;          ///< µs per frame pair; one per round
  std::vector<double> busy;         ///< share of a core, 0 to 1; one per round
  std::vector<double> memory;       ///< KiB of the process; one per round
  std::vector<double> in_per_out;   ///< audio from the server per audio to it
  observations seen;                ///< of all rounds together
  std::vector<double> clear_inside; ///< ms from voice to `clear` in the server
  size_t unanswered = 0;            ///< callers who heard nothing
  size_t lost = 0;                  ///< callers whose socket was closed
};

/// How many calls one core carries with p99 frame lateness within the limit.
struct capacity {
  size_t calls = 0;  ///< the most that were tried and held
  double busy = 0;   ///< share of the core then, 0 to 1
  std::string limit; ///< what ended the ramp: "the server", ...
};

/// All figures of one server.
struct figures {
  std::vector<double> idle_busy;   ///< share of a core, 0 to 1; per round
  std::vector<double> idle_memory; ///< KiB; one per round
  std::vector<step> steps;
  capacity most;
};

struct results {
  figures floor;
  figures engine;
};

/// p99 frame lateness above this, and a core carries too many calls.
inline constexpr double lateness_limit_ms = 20;

/// Starts servers and callers as planned; `progress` hears a line now and then.
/// Throws std::runtime_error when a server fails.
results
measure(const plan& x, const std::function<void(const std::string&)>& progress);

/// What is missing in `x`, such as calls that nobody answered; empty when all
/// figures were produced.
std::vector<std::string> missing(const results& x);

} // namespace velox::bench
