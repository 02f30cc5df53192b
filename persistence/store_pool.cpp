#include "persistence/store_pool.hpp"

#include "config/log.hpp"
#include "protocol/errc.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/response_promise.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace velox::persistence {

namespace {

/// One store and what it has been asked.
struct pool_member {
  store_actor store;
  size_t waiting = 0;
  /// Since when it owes an answer: its last one, or the first of the requests
  /// that wait.
  caf::actor_clock::time_point owes_since{};
};

struct pool_state {
  static inline const char* name = "store-pool";

  pool_options options;
  std::vector<pool_member> members;
  size_t next = 0; ///< among members with as little to do

  pool_member& choose(std::string_view call_id);
};

using pool_pointer = store_actor::stateful_pointer<pool_state>;

pool_member& pool_state::choose(std::string_view call_id) {
  if (!call_id.empty())
    return members[std::hash<std::string_view>{}(call_id) % members.size()];
  // Each time from another one on, so that all are used when none is busy.
  auto from = static_cast<ptrdiff_t>(next++ % members.size());
  auto less = [](auto& x, auto& y) { return x.waiting < y.waiting; };
  auto behind = std::min_element(members.begin() + from, members.end(), less);
  auto before = std::min_element(members.begin(), members.begin() + from, less);
  return before->waiting < behind->waiting ? *before : *behind;
}

// -- which call a request is about; empty: none

template <class T>
std::string_view call_of(const T& x) {
  if constexpr (requires { std::string_view{x.call_id}; })
    return x.call_id;
  else
    return {};
}

std::string_view call_of(const open_conversation& x) {
  return x.conversation.call_id;
}

std::string_view call_of(const recording_stored& x) {
  return x.recording.call_id;
}

std::string_view call_of(const call_log_batch& x) {
  if (!x.events.empty())
    return x.events.front().call_id;
  return x.messages.empty() ? std::string_view{} : x.messages.front().call_id;
}

/// Why `member` takes nothing more; none when it does.
caf::error refusal(pool_pointer self, const pool_member& member) {
  auto& options = self->state.options;
  if (member.waiting == 0)
    return {};
  if (member.waiting >= options.queue)
    return caf::make_error(errc::store_failed,
                           std::string{"the database is too slow: too many "
                                       "requests wait for a connection"});
  if (self->clock().now() - member.owes_since >= options.patience)
    return caf::make_error(errc::store_failed,
                           std::string{"the database does not answer: the "
                                       "connection has been waiting for too "
                                       "long"});
  return {};
}

/// Makes the handler of one message.
template <class Answer, class Request>
auto pass(pool_pointer self) {
  return [self](Request& x) -> caf::result<Answer> {
    auto& member = self->state.choose(call_of(x));
    auto promise = self->make_response_promise();
    if (auto why = refusal(self, member)) {
      promise.deliver(std::move(why));
      return promise;
    }
    if (member.waiting++ == 0)
      member.owes_since = self->clock().now();
    auto answered = [self, &member] {
      --member.waiting;
      member.owes_since = self->clock().now();
    };
    auto failed = [promise, answered](caf::error& why) mutable {
      answered();
      promise.deliver(std::move(why));
    };
    auto request = self->request(member.store, caf::infinite, std::move(x));
    if constexpr (std::is_void_v<Answer>)
      std::move(request).then(
        [promise, answered]() mutable {
          answered();
          promise.deliver(caf::unit);
        },
        failed);
    else
      std::move(request).then(
        [promise, answered](Answer& y) mutable {
          answered();
          promise.deliver(std::move(y));
        },
        failed);
    return promise;
  };
}

store_actor::behavior_type pool(pool_pointer self, pool_options options) {
  auto& state = self->state;
  state.options = std::move(options);
  for (size_t i = 0; i < state.options.size; ++i) {
    state.members.push_back({state.options.make()});
    self->link_to(state.members.back().store);
  }
  using messages = std::vector<message_record>;
  using events = std::vector<call_event>;
  using recordings = std::vector<recording_record>;
  return {
    pass<agent_record, find_agent_by_number>(self),
    pass<agent_record, find_agent>(self),
    pass<conversation_record, open_conversation>(self),
    pass<conversation_record, find_conversation>(self),
    pass<messages, list_messages>(self),
    pass<events, list_events>(self),
    pass<void, call_log_batch>(self),
    pass<void, close_conversation>(self),
    pass<void, recording_stored>(self),
    pass<recordings, list_recordings>(self),
    pass<recordings, list_due_recordings>(self),
    pass<void, forget_recording>(self),
    pass<stray_recordings, stray_recordings>(self),
    pass<caf::ok_atom, caf::ok_atom>(self),
  };
}

} // namespace

store_actor spawn_store_pool(caf::actor_system& sys, pool_options options) {
  return sys.spawn(pool, std::move(options));
}

store_actor spawn_stores(caf::actor_system& sys, const store_options& options,
                         size_t size) {
  if (options.url.empty())
    return spawn_store(sys, options);
  pool_options x;
  x.make = [&sys, options] { return spawn_store(sys, options); };
  x.size = std::max<size_t>(size, 1);
  return spawn_store_pool(sys, std::move(x));
}

} // namespace velox::persistence
