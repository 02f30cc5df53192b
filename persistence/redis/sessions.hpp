#pragma once

#include "persistence/redis/client.hpp"
#include "persistence/shared_sessions.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace velox::persistence::redis {

struct sessions_options {
  client_options client;
  std::string node; ///< see `is_node_name`
  /// Before every key and channel, for tests.
  std::string prefix{};
  /// A node that does not renew its leases loses them after this.
  std::chrono::milliseconds lease{15'000};
  /// How long a call is shown after its last sign of life, and after its end.
  std::chrono::milliseconds shown{3'600'000};
  std::chrono::milliseconds shown_ended{60'000};
  /// How long the fence of a call is remembered.
  std::chrono::milliseconds fence_memory{86'400'000};
};

/// What nodes share through Redis. Keys, all with the prefix:
///
///   lease:call:<id>   "<node> <fence>", for the time of the lease
///   fence:<id>        the same, of the newest lease that the call had; a day
///   call:<id>         hash for operators: stage, turn...
///   calls:live        ids of live calls by the end of their lease
///   node:<name>       "up", for the time of a lease
///   limit:<key>       a token bucket
///   breaker:<vendor>  the node whose breaker is open, for its pause
///
/// and the channels velox:all and velox:node:<name> (node_message.hpp).
std::shared_ptr<shared_sessions> make_sessions(sessions_options options);

} // namespace velox::persistence::redis
