#pragma once

#include <span>
#include <string_view>

/// Places where a test ends the process as `kill -9` does, to prove that what
/// is stored stays whole. Costs one comparison when none is chosen.

namespace velox::config {

/// Ends the process with SIGKILL when the environment's VELOX_FAILPOINT is
/// "`place`.`moment`", or that and "@N" at the Nth time. Throws
/// std::logic_error for a place that `failpoint_places` does not list.
void failpoint(std::string_view place, std::string_view moment);

/// All places, such as "ledger.charge"; the crash matrix goes through them.
/// Each is a transaction and has the moments "before" and "after" its commit.
std::span<const std::string_view> failpoint_places();

} // namespace velox::config
