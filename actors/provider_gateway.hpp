#pragma once

#include "actors/circuit_breaker.hpp"
#include "protocol/session_store.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <deque>
#include <string>
#include <unordered_map>

namespace velox::actors {

struct gateway_options {
  std::string provider;
  /// Places at once, as the vendor's quota says; 0: no limit.
  std::size_t places = 0;
  /// While nothing has shown that the vendor works, only so many find out; the
  /// rest wait for what they find.
  std::size_t scouts = 8;
  caf::timespan scouting = std::chrono::milliseconds{1500};
  breaker_policy breaker;
  /// Whom to tell when the breaker changes, for the other nodes; null: nobody.
  session_store_actor sessions{};
};

struct gateway_state {
  static inline const char* name = "provider-gateway";

  gateway_state() = default; // no aggregate, or CAF fills it with `self`

  struct place {
    caf::actor_addr holder;
    bool scout = false; ///< has not reported yet
  };
  struct waiter {
    caf::typed_response_promise<provider_admitted> promise;
    caf::actor_addr asker;
    caf::actor_clock::time_point until;
  };

  gateway_options options;
  circuit_breaker breaker;
  std::unordered_map<uint64_t, place> places;
  std::deque<waiter> waiting;
  uint64_t last_ticket = 0;
  provider_status counts;
};

/// One vendor as all calls see it: its concurrency quota, its circuit breaker,
/// the pauses it asks for.
provider_gateway_actor::behavior_type
provider_gateway(provider_gateway_actor::stateful_pointer<gateway_state> self,
                 gateway_options options);

} // namespace velox::actors
