#pragma once

#include "adapters/cli/rehearsal/rehearsal.hpp"

namespace velox::rehearsal {

/// For people: a line per call, and of those that failed what was expected,
/// what came, and all that happened by time. `traces`: of every call.
std::string text_report(const std::vector<rehearsed>& calls, bool traces);

/// One JSON object: `passed`, `failed`, `skipped`, and `calls` with `name`,
/// `file`, `outcome`, `duration_ms`, `took_us`, `failures` (`line`, `expected`,
/// `got`) and, where it failed, `trace`.
std::string json_report(const std::vector<rehearsed>& calls);

/// JUnit's XML as CI servers read it: one test case per call.
std::string junit_report(const std::vector<rehearsed>& calls);

} // namespace velox::rehearsal
