#pragma once

#include "protocol/interfaces.hpp"
#include "protocol/sessions.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>

#include <string>
#include <vector>

namespace velox {

/// Whom the session store tells what other nodes say.
struct node_listeners {
  provider_gateway_actor gateways; ///< gets `breaker_changed`; may be null
  /// Vendors whose breakers matter here: theirs are told at once.
  std::vector<std::string> providers{};
};

/// What all nodes know of live calls: in this process alone, or in Redis.
/// Without Redis, or while it is away, everything but the sight of other nodes
/// works as before; nothing here blocks.
using session_store_actor = caf::typed_actor<
  // Error: duplicate_call (somebody, here or on another node, has the call). Who loses the lease
  // later is told by `wire_closed`.
  caf::replies_to<take_lease>::with<call_lease>, caf::reacts_to<stage_changed>,
  caf::replies_to<allow_request>::with<request_allowed>,
  // From a gateway of this node.
  caf::reacts_to<breaker_changed>,
  // Error: unknown_call (no node has it, or its node does not listen).
  caf::replies_to<end_call_anywhere>::with<caf::ok_atom>,
  // From the engine, once its parts live.
  caf::reacts_to<node_listeners>,
  caf::replies_to<list_sessions>::with<std::vector<session_record>>,
  caf::replies_to<caf::get_atom>::with<session_status>>;

} // namespace velox

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(velox::node_listeners)
