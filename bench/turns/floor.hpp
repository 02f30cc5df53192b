#pragma once

#include "adapters/net/outbound.hpp"
#include "bench/turns/vendors.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace velox::bench {

/// The floor of a turn: one thread on `server_core` that moves the same bytes
/// between the same vendors through the same `net::outbound`, with nothing in
/// between: the recogniser's frame becomes a request, the model's words a
/// sentence. The first audio ends the turn; no caller is there to play it to.
class turn_floor {
public:
  /// Opens the sockets of all calls of `board`, which lives longer.
  turn_floor(const vendor_places& places, turn_board& board);
  ~turn_floor();

  turn_floor(const turn_floor&) = delete;
  turn_floor& operator=(const turn_floor&) = delete;

  /// Whether all sockets were opened within 30 s.
  bool wait_until_open() const;

  /// CPU time of the thread.
  std::chrono::nanoseconds cpu_time() const;

  net::outbound_counts counts() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

/// Counts on their way from one process to another.
inline constexpr size_t count_figures = 6;
std::vector<double> to_figures(const net::outbound_counts& x);
net::outbound_counts to_counts(const std::vector<double>& x);

} // namespace velox::bench
