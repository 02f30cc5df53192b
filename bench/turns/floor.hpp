#pragma once

#include "adapters/net/outbound.hpp"
#include "bench/turns/vendors.hpp"

#include <string>
#include <vector>

namespace velox::bench {

/// The floor of a turn: one thread that moves the same bytes between the same
/// vendors through the same `net::outbound`, with nothing in between: the
/// recogniser's frame becomes a request, the model's words a sentence. The
/// first audio ends the turn; no caller is there to play it to. Announces a
/// port of 1 when the sockets of all calls are open, for it listens nowhere;
/// tells `to_figures` when asked; runs until standard input ends. Throws
/// std::runtime_error when the sockets do not open.
void run_turn_floor(const vendor_places& places, const std::string& board);

/// Counts on their way from one process to another.
inline constexpr size_t count_figures = 6;
std::vector<double> to_figures(const net::outbound_counts& x);
net::outbound_counts to_counts(const std::vector<double>& x);

} // namespace velox::bench
