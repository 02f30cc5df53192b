#pragma once

#include "protocol/records.hpp"

#include <caf/atom.hpp>
#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What the nodes of one installation tell each other about live calls: who
/// has which, what it is doing, how often somebody has asked, which vendor is
/// down. The actor behind these messages is in session_store.hpp.

namespace velox {

/// What a call is doing, in the words of `redis-cli hgetall call:CA...`.
enum class call_stage : uint8_t {
  starting,
  listening,
  user_speaking,
  thinking,
  speaking,
  tool, ///< the answer waits for a tool
  saying_goodbye,
  ended,
};

/// "user_speaking".
std::string_view to_text(call_stage x);

/// From the turn taker: somebody else has the floor now.
struct floor_changed {
  call_stage stage = call_stage::listening;
};

/// From a call, once it is admitted: may this node have it? The lease is
/// renewed while the sender lives and given back when it ends, however.
struct take_lease {
  std::string call_id;
  std::string org_id;
  std::string agent_id;
  unix_ms started_at = 0;
};

/// The call is this node's. The fence grows with every lease of a call: who
/// writes with a lower one than was seen before is too late.
struct call_lease {
  std::string call_id;
  int64_t fence = 0; ///< milliseconds since 1970, or one more than the last
};

/// From a call: what it is doing now. The last one counts.
struct stage_changed {
  std::string call_id;
  call_stage stage = call_stage::starting;
  uint64_t turn = 0;
  uint64_t interrupt_count = 0; ///< how often the caller has cut in
};

/// May `key` do this once more? `limit` times per `per_ms`, the first ones at
/// once (a token bucket).
struct allow_request {
  std::string key; ///< no phone number and no secret: it is stored as it is
  uint64_t limit = 0;
  int64_t per_ms = 60'000;
};

struct request_allowed {
  bool allowed = true;
  uint64_t left = 0;          ///< how many more are allowed at once
  int64_t retry_after_ms = 0; ///< when the next one is; 0 when allowed
};

/// A vendor's circuit breaker on `node`: open for `pause_ms`, or closed.
struct breaker_changed {
  std::string provider;
  bool open = false;
  int64_t pause_ms = 0;
  std::string node{}; ///< empty: this one
};

/// End this call, whichever node has it.
struct end_call_anywhere {
  std::string call_id;
  std::string explanation;
};

/// The live calls of all nodes, at most 1,000.
struct list_sessions {};

struct session_record {
  std::string call_id;
  std::string node;
  std::string org_id;
  std::string agent_id;
  std::string stage;
  uint64_t turn = 0;
  uint64_t interrupt_count = 0;
};

/// How the session store is doing.
struct session_status {
  std::string kind; ///< "redis" or "in-process"
  bool up = true;   ///< false: other nodes cannot be seen for now
  std::string explanation;
  uint64_t leases = 0;    ///< of this node
  uint64_t unwritten = 0; ///< calls of which Redis does not know the latest
};

template <class Inspector>
auto inspect(Inspector& f, floor_changed& x) {
  return f(caf::meta::type_name("floor_changed"), x.stage);
}

template <class Inspector>
auto inspect(Inspector& f, take_lease& x) {
  return f(caf::meta::type_name("take_lease"), x.call_id, x.org_id, x.agent_id,
           x.started_at);
}

template <class Inspector>
auto inspect(Inspector& f, call_lease& x) {
  return f(caf::meta::type_name("call_lease"), x.call_id, x.fence);
}

template <class Inspector>
auto inspect(Inspector& f, stage_changed& x) {
  return f(caf::meta::type_name("stage_changed"), x.call_id, x.stage, x.turn,
           x.interrupt_count);
}

template <class Inspector>
auto inspect(Inspector& f, allow_request& x) {
  return f(caf::meta::type_name("allow_request"), x.key, x.limit, x.per_ms);
}

template <class Inspector>
auto inspect(Inspector& f, request_allowed& x) {
  return f(caf::meta::type_name("request_allowed"), x.allowed, x.left,
           x.retry_after_ms);
}

template <class Inspector>
auto inspect(Inspector& f, breaker_changed& x) {
  return f(caf::meta::type_name("breaker_changed"), x.provider, x.open,
           x.pause_ms, x.node);
}

template <class Inspector>
auto inspect(Inspector& f, end_call_anywhere& x) {
  return f(caf::meta::type_name("end_call_anywhere"), x.call_id, x.explanation);
}

template <class Inspector>
auto inspect(Inspector& f, list_sessions&) {
  return f(caf::meta::type_name("list_sessions"));
}

template <class Inspector>
auto inspect(Inspector& f, session_record& x) {
  return f(caf::meta::type_name("session_record"), x.call_id, x.node, x.org_id,
           x.agent_id, x.stage, x.turn, x.interrupt_count);
}

template <class Inspector>
auto inspect(Inspector& f, session_status& x) {
  return f(caf::meta::type_name("session_status"), x.kind, x.up, x.explanation,
           x.leases, x.unwritten);
}

} // namespace velox

#include "protocol/session_ids.hpp"
