#pragma once

#include "persistence/database.hpp"
#include "protocol/outside.hpp"

#include <string>
#include <string_view>
#include <vector>

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
/// what it tells, so neither is there without the other; then it is delivered
/// at least once, by whichever node claims it.
class outbox {
public:
  explicit outbox(connection& db) : db_(db) {}

  /// Nothing is kept for an organisation without an endpoint, or with one that
  /// is disabled.
  void add(const outbox_event& x);

  /// Takes what is due, the oldest first, for `lease` milliseconds: whoever
  /// dies meanwhile has it sent again, under the same id. What a call tells
  /// later waits for what it told before, while that is under way, about to be
  /// tried, or was tried less than three times. One transaction.
  std::vector<claimed_webhook> claim(const claim_webhooks& x);

  /// How an attempt ended. An attempt that outlived its lease changes nothing.
  /// One transaction.
  void finish(const finish_webhook& x);

  /// What was under way when its engine died is due at once. To be called when
  /// no other engine lives.
  void free_claims(unix_ms now);

  webhook_backlog backlog();

  /// Newest first.
  std::vector<webhook_record> list(const list_webhooks& x);

  /// Throws not_found when the organisation has no such dead webhook.
  void retry(const retry_webhook& x);

private:
  std::vector<claimed_webhook> claim_once(const claim_webhooks& x);
  void finish_once(const finish_webhook& x);

  connection& db_;
};

} // namespace velox::persistence
