#pragma once

#include "bench/suite.hpp"

#include <string>

namespace velox::bench {

/// What was measured as tables for the terminal, each figure beside its floor
/// and its aim.
std::string to_text(const results& x, size_t rounds, bool pinned);

} // namespace velox::bench
