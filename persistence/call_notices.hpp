#pragma once

#include "persistence/database.hpp"
#include "protocol/records.hpp"

namespace velox::persistence {

/// What the outside is told of a call, by way of the outbox; docs/money.md
/// lists the members. To be called inside the transaction of what is told.
class call_notices {
public:
  explicit call_notices(connection& db) : db_(db) {}

  /// "call.started", once per call.
  void started(const conversation_record& x);

  /// "call.ended", with transcript, bill and costs; once per end. A call that
  /// was resumed after its engine or its wire had gone ends again.
  void ended(const conversation_record& x);

private:
  connection& db_;
};

} // namespace velox::persistence
