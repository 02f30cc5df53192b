#pragma once

#include "persistence/database.hpp"
#include "protocol/usage.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// Prices `x` and adds it; one that is known changes nothing. What the price
/// list does not name costs 0 and has the price version 0. Throws
/// database_error (constraint) for a negative quantity; for an unknown call the
/// batch will not run.
void add_usage(batch& to, const usage_event& x);

/// What one turn of a call, or the call apart from its turns, has cost.
struct turn_cost {
  uint64_t turn = 0; ///< 0: the call as a whole
  int64_t cost_micro = 0;
};

/// What vendors charge for calls: each use is priced once, when it is stored,
/// by the newest price list that counts at its time. A cost is a whole number
/// of micro-units of the currency, rounded up per use, so that sums are exact:
/// the turns of a call add up to the call.
class costs {
public:
  explicit costs(connection& db) : db_(db) {}

  /// As `add_usage`, at once. Throws not_found for an unknown call.
  void add(const usage_event& x);

  /// Charges the carrier's seconds of the call as far as they are not charged
  /// yet: up to `talked_seconds`, of all its legs.
  void add_carrier(std::string_view call_id, std::string_view carrier,
                   int64_t talked_seconds, unix_ms at);

  /// The sum over the call; what conversations.cost_micro is to be.
  int64_t total(std::string_view call_id);

  /// By turn, in order. Empty for a call of another organisation.
  std::vector<turn_cost>
  by_turn(std::string_view org_id, std::string_view call_id);

private:
  connection& db_;
};

} // namespace velox::persistence
