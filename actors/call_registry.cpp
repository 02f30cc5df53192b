#include "actors/call_registry.hpp"

#include "protocol/errc.hpp"

#include <algorithm>

namespace velox::actors {

namespace {

using pointer = call_registry_actor::stateful_pointer<call_registry_state>;

caf::result<admitted> admit(pointer self, const admit_call& x) {
  auto& state = self->state;
  auto caller = caf::actor_cast<call_actor>(self->current_sender());
  if (state.draining)
    return caf::make_error(errc::engine_stopping);
  if (auto i = state.calls.find(x.call_id); i != state.calls.end())
    return i->second == caller
             ? caf::result<admitted>{admitted{state.calls.size()}}
             : caf::make_error(errc::duplicate_call);
  if (state.calls.size() >= state.options.limit)
    return caf::make_error(errc::engine_full);
  if (!state.tokens.use(x.token_nonce, self->clock().now(),
                        state.options.token_memory))
    return caf::make_error(errc::token_replayed);
  self->monitor(caller);
  state.calls.emplace(x.call_id, std::move(caller));
  return admitted{state.calls.size()};
}

void release(pointer self, const caf::actor_addr& source) {
  auto& state = self->state;
  auto i = std::find_if(state.calls.begin(), state.calls.end(), [&](auto& kvp) {
    return kvp.second.address() == source;
  });
  if (i != state.calls.end())
    state.calls.erase(i);
  if (!state.draining || !state.calls.empty())
    return;
  for (auto& promise : std::exchange(state.drained, {}))
    promise.deliver(state.status());
}

} // namespace

bool used_tokens::use(const std::string& nonce, time_point now,
                      caf::timespan memory) {
  while (!order_.empty() && order_.front().first + memory <= now) {
    known_.erase(order_.front().second);
    order_.pop_front();
  }
  if (!known_.insert(nonce).second)
    return false;
  order_.emplace_back(now, nonce);
  return true;
}

call_registry_actor::behavior_type
call_registry(pointer self, const admission_options& options) {
  self->state.options = options;
  self->set_down_handler(
    [self](const caf::down_msg& msg) { release(self, msg.source); });
  return {
    [self](const admit_call& x) { return admit(self, x); },
    [self](caf::get_atom) { return self->state.status(); },
    [self](const list_calls&) {
      std::vector<live_call> result;
      for (auto& [id, call] : self->state.calls)
        result.push_back({id, call});
      return result;
    },
    [self](const find_call& x) -> caf::result<live_call> {
      auto i = self->state.calls.find(x.call_id);
      if (i == self->state.calls.end())
        return caf::make_error(errc::unknown_call);
      return live_call{i->first, i->second};
    },
    [self](const drain&) -> caf::result<registry_status> {
      auto& state = self->state;
      state.draining = true;
      if (state.calls.empty())
        return state.status();
      auto promise = self->make_response_promise<registry_status>();
      state.drained.push_back(promise);
      return promise;
    },
  };
}

} // namespace velox::actors
