#pragma once

#include "persistence/database.hpp"
#include "protocol/outside.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// One event of Stripe's that is to be carried out.
struct due_event {
  std::string event_id;
  std::string kind;
  std::string body;
  int64_t attempts = 0; ///< this one included
};

/// What others have told us, one row per event: kept first, carried out later,
/// also when the process died in between.
class webhook_deliveries {
public:
  explicit webhook_deliveries(connection& db) : db_(db) {}

  /// False: the event was here before.
  bool keep(const keep_stripe_event& x);

  /// Takes an event that is due, the longest waiting first, or the one named.
  /// Nobody else gets it before `until`.
  std::optional<due_event>
  take(unix_ms now, unix_ms until, std::string_view event_id = {});

  /// True when the event is not settled yet, and it is ours to settle now: in a
  /// transaction, others who settle it wait.
  bool begin_settling(std::string_view event_id);

  /// What became of it: "applied", "ignored" or "failed".
  void settle(std::string_view event_id, std::string_view status,
              std::string_view problem);

  /// It is tried again at `next`, or once what it waits for is known.
  void wait(std::string_view event_id, unix_ms next, std::string_view problem,
            std::string_view waits_for);

  /// Events that wait for this are due now. The wait does not count as an
  /// attempt.
  void wake(std::string_view waits_for, unix_ms now);

  /// What was being applied when its engine died is due at once. To be called
  /// when no other engine lives.
  void free_claims(unix_ms now);

  /// Those that wait or have failed, newest first.
  std::vector<stripe_event_record> troubled(int64_t limit);

  /// Throws not_found when no failed event has this id.
  void retry(std::string_view event_id, unix_ms now);

private:
  connection& db_;
};

} // namespace velox::persistence
