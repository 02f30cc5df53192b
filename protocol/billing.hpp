#pragma once

#include "protocol/records.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// What is said about talk time. All amounts are whole seconds; docs/money.md
/// tells how they become entries of the ledger.

namespace velox {

/// A call wants talk time set aside. Asked once by the handshake of its media
/// socket, and again, `connected`, by the call itself.
struct reserve_talk_time {
  std::string org_id;
  std::string call_id;
  /// One media socket of the call: the nonce of its stream token. A resumed
  /// call has another one.
  std::string leg;
  unix_ms at = 0;
  /// The caller is on the line, and its talk counts from `at`.
  bool connected = false;
};

/// How long a call may go on.
struct talk_time {
  int64_t covered_seconds = 0; ///< held for the call and not used yet
  int64_t credit_seconds = 0;  ///< that the organisation could add
  int64_t billed_seconds = 0;  ///< of the call so far, all its legs
};

/// `seconds` of talk that were over at `at`, the `tick`-th piece of this call.
/// A (call, tick) pair is charged once, however often it is sent.
struct charge {
  std::string org_id;
  std::string call_id;
  uint64_t tick = 0;
  int64_t seconds = 0;
  unix_ms at = 0;
};

/// The call is over; `seconds` since its last tick are to be charged too. What
/// it held and did not use goes back.
struct settle_call {
  std::string org_id;
  std::string call_id;
  uint64_t tick = 0;
  int64_t seconds = 0;
  unix_ms at = 0;
};

/// What a call has come to, all its legs.
struct call_bill {
  int64_t talked_seconds = 0;
  int64_t billed_seconds = 0; ///< rounded by the plan
};

/// The media socket `leg` never started: give back what it held. Nothing
/// happens when the call has begun, or another socket has taken over.
struct release_talk_time {
  std::string org_id;
  std::string call_id;
  std::string leg;
  unix_ms at = 0;
};

/// May this organisation's calls begin?
struct find_credit {
  std::string org_id;
};

struct talk_credit {
  int64_t credit_seconds = 0;   ///< calls could reserve
  int64_t reserved_seconds = 0; ///< held for calls on the line
  int64_t owed_seconds = 0;     ///< talked without cover; nothing is lent on it
  bool open = false;            ///< a new call can be paid for
};

/// Which calls hold talk time, or are live in the store, of which nothing was
/// heard since `quiet_since`?
struct list_quiet_calls {
  unix_ms quiet_since = 0;
};

struct quiet_calls {
  std::vector<std::string> call_ids;
};

/// Nobody carries this call any more: settle it from its log and close its
/// conversation.
struct recover_call {
  std::string call_id;
  unix_ms now = 0;
};

struct call_recovered {
  bool changed = false; ///< false: it was all settled and closed already
};

// -- inspection
// ----------------------------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, reserve_talk_time& x) {
  return f(caf::meta::type_name("reserve_talk_time"), x.org_id, x.call_id,
           x.leg, x.at, x.connected);
}

template <class Inspector>
auto inspect(Inspector& f, talk_time& x) {
  return f(caf::meta::type_name("talk_time"), x.covered_seconds,
           x.credit_seconds, x.billed_seconds);
}

template <class Inspector>
auto inspect(Inspector& f, charge& x) {
  return f(caf::meta::type_name("charge"), x.org_id, x.call_id, x.tick,
           x.seconds, x.at);
}

template <class Inspector>
auto inspect(Inspector& f, settle_call& x) {
  return f(caf::meta::type_name("settle_call"), x.org_id, x.call_id, x.tick,
           x.seconds, x.at);
}

template <class Inspector>
auto inspect(Inspector& f, call_bill& x) {
  return f(caf::meta::type_name("call_bill"), x.talked_seconds,
           x.billed_seconds);
}

template <class Inspector>
auto inspect(Inspector& f, release_talk_time& x) {
  return f(caf::meta::type_name("release_talk_time"), x.org_id, x.call_id,
           x.leg, x.at);
}

template <class Inspector>
auto inspect(Inspector& f, find_credit& x) {
  return f(caf::meta::type_name("find_credit"), x.org_id);
}

template <class Inspector>
auto inspect(Inspector& f, talk_credit& x) {
  return f(caf::meta::type_name("talk_credit"), x.credit_seconds,
           x.reserved_seconds, x.owed_seconds, x.open);
}

template <class Inspector>
auto inspect(Inspector& f, list_quiet_calls& x) {
  return f(caf::meta::type_name("list_quiet_calls"), x.quiet_since);
}

template <class Inspector>
auto inspect(Inspector& f, quiet_calls& x) {
  return f(caf::meta::type_name("quiet_calls"), x.call_ids);
}

template <class Inspector>
auto inspect(Inspector& f, recover_call& x) {
  return f(caf::meta::type_name("recover_call"), x.call_id, x.now);
}

template <class Inspector>
auto inspect(Inspector& f, call_recovered& x) {
  return f(caf::meta::type_name("call_recovered"), x.changed);
}

} // namespace velox
