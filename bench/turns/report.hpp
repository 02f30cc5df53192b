#pragma once

#include "bench/turns/suite.hpp"

#include <string>

namespace velox::bench {

/// Tables for the terminal.
std::string to_text(const turn_results& x);

/// The same figures for programs: an object with "load" and "steps".
std::string to_json(const turn_results& x);

} // namespace velox::bench
