#pragma once

#include "bench/endings/suite.hpp"

#include <string>

namespace velox::bench {

/// The tables for the terminal and, as they are Markdown, for docs/turns.md:
/// each judge over all utterances, those that the rules were made with and
/// those held out; by kind; and, with `details`, every utterance.
std::string to_text(const ending_results& x, bool details);

} // namespace velox::bench
