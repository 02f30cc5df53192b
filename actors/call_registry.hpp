#pragma once

#include "protocol/interfaces.hpp"

#include <caf/actor_clock.hpp>
#include <caf/stateful_actor.hpp>

#include <deque>
#include <map>
#include <set>
#include <string>

namespace velox::actors {

struct admission_options {
  /// How many calls may be live at once.
  uint64_t limit = 500;
  /// How long a used token is remembered; not shorter than tokens are valid.
  caf::timespan token_memory = std::chrono::minutes{5};
};

/// Tokens that were used, each remembered for a while.
class used_tokens {
public:
  using time_point = caf::actor_clock::time_point;

  /// Notes `nonce`; false when it is known already.
  bool use(const std::string& nonce, time_point now, caf::timespan memory);

private:
  std::set<std::string> known_;
  std::deque<std::pair<time_point, std::string>> order_;
};

struct call_registry_state {
  static inline const char* name = "call-registry";

  call_registry_state() = default; // no aggregate, or CAF fills it with `self`

  admission_options options;
  std::map<std::string, call_actor> calls;
  used_tokens tokens;
  bool draining = false;
  std::vector<caf::typed_response_promise<registry_status>> drained;

  registry_status status() const {
    return {calls.size(), options.limit, draining};
  }
};

/// Who is on the line. Admits calls one after the other, so that the limit
/// holds whatever arrives at once; a slot is a monitored handle, so that no
/// death of any kind leaks one.
call_registry_actor::behavior_type
call_registry(call_registry_actor::stateful_pointer<call_registry_state> self,
              const admission_options& options);

} // namespace velox::actors
