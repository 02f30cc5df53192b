#pragma once

#include "protocol/interfaces.hpp"

#include <caf/error.hpp>
#include <caf/fwd.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace velox::rehearsal {

/// What a memory store holds, open to the test that made it: fill in agents,
/// look at what a call left behind, or make the store slow or failing. Only
/// for systems without threads: neither side takes a lock.
struct memory_database {
  std::vector<agent_record> agents;
  /// By call id.
  std::map<std::string, conversation_record> conversations;
  /// By call id: of the newest lease that opened it.
  std::map<std::string, int64_t> fences;
  /// By call id, turn and role.
  std::map<std::tuple<std::string, uint64_t, std::string>, message_record>
    messages;
  /// By call id and sequence.
  std::map<std::pair<std::string, uint64_t>, call_event> events;
  /// By file.
  std::map<std::string, recording_record> recordings;
  /// In the order in which it was stored, each once.
  std::vector<usage_event> usage;

  /// Asked before each request is carried out, with the name of its message
  /// ("call_log_batch"): an error becomes the answer and nothing is stored.
  std::function<caf::error(std::string_view request)> fault;
  /// How long each answer takes; requests are carried out in order.
  caf::timespan delay{0};
  /// How many requests were carried out or refused.
  uint64_t handled = 0;

  /// The call's messages as `list_messages` would give them.
  std::vector<message_record> messages_of(const std::string& call_id) const;

  /// The call's log, oldest first, without the limit of `list_events`.
  std::vector<call_event> events_of(const std::string& call_id) const;
};

using memory_database_ptr = std::shared_ptr<memory_database>;

/// A `fault` that fails every request with `errc::store_failed`.
caf::error store_is_down(std::string_view request);

/// A database with this one agent in it.
memory_database_ptr make_memory_database(agent_record agent);

/// The store without a database and without a thread of its own: answers like
/// the real one, from `db`.
store_actor spawn_memory_store(caf::actor_system& sys, memory_database_ptr db);

} // namespace velox::rehearsal
