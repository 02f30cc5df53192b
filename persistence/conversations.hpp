#pragma once

#include "persistence/database.hpp"
#include "protocol/messages.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace velox::persistence {

/// One row per call, from first ring to end.
class conversations {
public:
  explicit conversations(connection& db) : db_(db) {}

  /// Adds `x` as live, or finds the call with this id. One that ended because
  /// the engine or the wire went away is live again; one that ended otherwise
  /// stays ended: look at the status of what is returned. Throws not_found when
  /// the organisation has no such agent, or the call is another organisation's.
  conversation_record open(const conversation_record& x);

  /// Ends a call. The first to do so wins: on an ended call nothing happens.
  /// Throws not_found for an unknown call.
  void close(const close_conversation& x);

  /// For carriers and operators, who know the call and no organisation.
  std::optional<conversation_record> find(std::string_view call_id);

  std::optional<conversation_record>
  find(std::string_view org_id, std::string_view call_id);

  /// Ends what an engine left live when it died, as of the last thing its log
  /// knows: FAILED, or ABANDONED when nothing was logged at all. `now` is only
  /// mentioned. Returns how many. To be called before the engine takes calls,
  /// and only when no other engine uses the database.
  size_t mark_unfinished(unix_ms now);

private:
  connection& db_;
};

} // namespace velox::persistence
