#pragma once

#include "persistence/database.hpp"

#include <string>
#include <vector>

namespace velox::persistence::ledger_audit {

/// Checks that the three views of talk time agree: the organisations' rows, the
/// postings, and the calls. Returns one sentence per finding, none when all is
/// well. Live calls are no finding. Reads all of the ledger, so it takes a
/// while on a large one; run it in a transaction when calls go on meanwhile.
/// Throws database_error.
std::vector<std::string> check(connection& db);

/// Calls that hold talk time though their conversation has ended, or never
/// began: right after a crash they wait for recovery, and for a moment every
/// call is among them while its media socket opens.
std::vector<std::string> open_without_live_call(connection& db);

} // namespace velox::persistence::ledger_audit
