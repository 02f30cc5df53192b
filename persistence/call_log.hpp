#pragma once

#include "persistence/database.hpp"
#include "protocol/messages.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace velox::persistence {

/// What was said and what happened in calls.
class call_log {
public:
  /// How many events `events` returns at most.
  static constexpr size_t page = 500;

  explicit call_log(connection& db) : db_(db) {}

  /// Adds the batch, all of it or, when it throws, nothing. An event that is
  /// known already by (call, sequence) is left as it is; a message known by
  /// (call, turn, role) gets the new text and heard state, and keeps its time.
  /// So a batch may be sent again, as long as batches stay in order. What is no
  /// UTF-8 in a text becomes U+FFFD, for words must not be lost over it. Throws
  /// not_found when a call was never opened, database_error (constraint) when
  /// another node has taken it since (`fence` of the batch).
  void append(const call_log_batch& x);

  /// The same for several at once, in one round trip: all of them or, when one
  /// breaks a rule, none. `place` as in `transaction::commit`.
  void append(std::span<const call_log_batch* const> all,
              std::string_view place = {});

  /// All that was said, oldest first. Throws not_found when the organisation
  /// has no such call.
  std::vector<message_record>
  messages(std::string_view org_id, std::string_view call_id);

  /// The events behind sequence `after`, at most `page`, oldest first. For
  /// carriers and operators, who know no organisation. Throws not_found for an
  /// unknown call.
  std::vector<call_event> events(std::string_view call_id, uint64_t after);

private:
  void insist_on_call(std::string_view call_id);

  connection& db_;
};

} // namespace velox::persistence
