#pragma once

#include "bench/turns/vendors.hpp"

namespace velox::bench {

/// The engine of `engine_server.hpp` with real sessions to the vendors at
/// `places`, and a gateway for each. Tells `to_figures` when asked.
void run_turn_engine(const vendor_places& places);

} // namespace velox::bench
