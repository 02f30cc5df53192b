#pragma once

#include "persistence/database.hpp"
#include "protocol/messages.hpp"

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
  /// `fence` is of the lease that `node` has on the call: from now on, whoever
  /// has a lower one can neither log nor close it. Throws database_error
  /// (constraint) when that is ourselves. 0: leases do not matter.
  conversation_record open(const conversation_record& x, int64_t fence = 0,
                           std::string_view node = "");

  /// Ends a call. The first to do so wins: on an ended call nothing happens.
  /// What the ledger has billed counts, not what `x` says. The outside is told
  /// (call.ended) once the call is settled too. Throws not_found for an unknown
  /// call, database_error (constraint) when another node has it.
  void close(const close_conversation& x);

  /// The ledger has settled this call: the bill is final. Does nothing while
  /// the call is live; for the transaction of the settlement.
  void settled(std::string_view call_id);

  /// When the last event of the call log was; 0: there is none.
  unix_ms last_event(std::string_view call_id);

  /// For whoever could not write: throws not_found for an unknown call,
  /// database_error (constraint) when `fence` is of an outdated lease.
  void insist_on_fence(std::string_view call_id, int64_t fence);

  /// For carriers and operators, who know the call and no organisation.
  std::optional<conversation_record> find(std::string_view call_id);

  std::optional<conversation_record>
  find(std::string_view org_id, std::string_view call_id);

private:
  void
  raise_fence(std::string_view call_id, int64_t fence, std::string_view node);
  struct bill {
    int64_t seconds = 0;
    bool final = false;
    int64_t talked_seconds = 0;
  };

  void charge_carrier(std::string_view call_id, const bill& of, unix_ms at);

  std::optional<bill> lock_bill(std::string_view call_id);

  connection& db_;
};

} // namespace velox::persistence
