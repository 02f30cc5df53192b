#pragma once

#include "protocol/interfaces.hpp"

#include <map>
#include <set>
#include <utility>

namespace velox::actors {

/// The arithmetic of talk time: a balance per organisation, every (call, tick)
/// charged once.
class talk_time_book {
public:
  /// An organisation that was never seen starts with `initial_seconds`.
  explicit talk_time_book(int64_t initial_seconds)
    : initial_(initial_seconds) {}

  /// Books `x` unless it was booked before; nothing when it does not fit into
  /// the balance (which then stays as it is).
  std::optional<balance> book(const charge& x);

  balance of(const std::string& org_id) const;

private:
  int64_t initial_;
  std::map<std::string, int64_t> charged_;
  std::set<std::pair<std::string, uint64_t>> booked_;
};

/// A ledger that lasts as long as the process.
ledger_actor::behavior_type
memory_ledger(ledger_actor::pointer self, int64_t initial_seconds);

} // namespace velox::actors
