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
  /// What the ledger has billed counts, not what `x` says. The outside is told
  /// (call.ended) once the call is settled too. Throws not_found for an unknown
  /// call.
  void close(const close_conversation& x);

  /// The ledger has settled this call: the bill is final. Does nothing while
  /// the call is live; for the transaction of the settlement.
  void settled(std::string_view call_id);

  /// When the last event of the call log was; 0: there is none.
  unix_ms last_event(std::string_view call_id);

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
  struct bill {
    int64_t seconds = 0;
    bool final = false;
  };

  std::optional<bill> lock_bill(std::string_view call_id);

  connection& db_;
};

} // namespace velox::persistence
