#pragma once

#include "protocol/records.hpp"

namespace velox {

/// How a conversation that ended for this reason is filed: COMPLETED when it
/// ran its course, ABANDONED when the caller was lost, FAILED when we were.
conversation_status status_of(end_reason why);

} // namespace velox
