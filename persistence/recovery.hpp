#pragma once

#include "persistence/database.hpp"
#include "protocol/billing.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// Calls that nobody carries any more, after a crash or a lost node: their talk
/// time is settled from the call log and their conversations are closed with a
/// reason. Doing it again changes nothing, so it may be cut off anywhere. All
/// throw database_error.
class recovery {
public:
  explicit recovery(connection& db) : db_(db) {}

  /// Calls that hold talk time, or whose conversation is live, and of which
  /// nothing was heard since `quiet_since`: no event in their log, no tick, no
  /// reservation. A live call charges a tick every 30 s.
  std::vector<std::string> quiet(unix_ms quiet_since);

  /// Settles and closes one call, in one transaction. The conversation ends as
  /// its log says, when that knows of an end; else FAILED, or ABANDONED when
  /// nothing was logged. Returns whether there was anything to do.
  bool recover(std::string_view call_id, unix_ms now);

  /// Recovers the quiet calls but those that `is_carried` knows to be live
  /// elsewhere. Returns how many.
  size_t
  run(unix_ms quiet_since, unix_ms now,
      const std::function<bool(const std::string& call_id)>& is_carried = {});

private:
  bool close_conversation(std::string_view call_id, unix_ms now);

  connection& db_;
};

} // namespace velox::persistence
