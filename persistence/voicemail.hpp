#pragma once

#include "persistence/database.hpp"
#include "protocol/outside.hpp"

namespace velox::persistence {

/// Tells the organisation of a message that a caller has left: the one of the
/// call, else the one whose agent has the number. Throws not_found when neither
/// is known. One transaction.
void store_voicemail(connection& db, const voicemail_left& x);

} // namespace velox::persistence
