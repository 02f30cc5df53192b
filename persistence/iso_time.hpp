#pragma once

#include "protocol/records.hpp"

#include <string>

namespace velox::persistence {

/// ISO 8601 in UTC with milliseconds: "2026-01-01T00:00:00.000Z".
std::string iso_time(unix_ms at);

} // namespace velox::persistence
