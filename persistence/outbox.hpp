#pragma once

#include "persistence/database.hpp"
#include "protocol/records.hpp"

#include <string>

namespace velox::persistence {

/// Something that an organisation is told by webhook.
struct outbox_event {
  std::string org_id;
  /// Of the event, not of an attempt: "call.ended:CA12...". The second event
  /// with an id changes nothing.
  std::string event_id;
  std::string kind;        ///< "call.ended"
  std::string call_id;     ///< empty: of no call
  std::string data = "{}"; ///< JSON, the payload's `data`
  unix_ms at = 0;
};

/// What waits to be told to the outside. It is written in the transaction of
/// what it tells, so neither is there without the other.
class outbox {
public:
  explicit outbox(connection& db) : db_(db) {}

  /// Nothing is kept for an organisation without an endpoint.
  void add(const outbox_event& x);

private:
  connection& db_;
};

} // namespace velox::persistence
