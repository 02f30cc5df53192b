#include "actors/engine.hpp"

#include "config/log.hpp"

namespace velox::actors {

namespace {

using pointer = engine_actor::stateful_pointer<engine_state>;

/// Starts what is due; a long pause is waited for with `delayed_send`.
void on_exit(pointer self, const caf::exit_msg& msg) {
  auto verdict = self->state.children->on_exit(msg, self->clock().now());
  if (!verdict.child.empty())
    config::log().error("A part of the engine has ended. part={} reason={}",
                        verdict.child, config::field(to_string(msg.reason)));
  if (verdict.give_up) {
    self->quit(verdict.give_up);
    return;
  }
  if (verdict.pause)
    self->delayed_send(self, *verdict.pause, caf::timeout_atom_v, uint64_t{0});
}

std::vector<child_spec> specs(pointer self, const engine_options& options) {
  auto linked = [self](const auto& handle) {
    self->link_to(handle);
    return caf::actor_cast<caf::actor>(handle);
  };
  std::vector<child_spec> result{
    {"store", restart::permanent,
     [self, linked, make = options.make_store] {
       self->state.store = make();
       return linked(self->state.store);
     }},
    {"ledger", restart::permanent,
     [self, linked, make = options.make_ledger] {
       self->state.ledger = make();
       return linked(self->state.ledger);
     }},
    {"call-registry", restart::permanent,
     [self, admission = options.admission] {
       self->state.registry
         = self->spawn<caf::linked>(call_registry, admission);
       return caf::actor_cast<caf::actor>(self->state.registry);
     }},
  };
  for (auto& one : options.gateways)
    result.push_back(
      {"gateway-" + one.provider, restart::permanent, [self, one] {
         auto& at = self->state.gateways[one.provider];
         at = self->spawn<caf::linked>(provider_gateway, one);
         return caf::actor_cast<caf::actor>(at);
       }});
  return result;
}

caf::result<provider_admitted> to_gateway(pointer self, const use_provider& x) {
  auto at = self->state.gateways.find(x.provider);
  if (at == self->state.gateways.end())
    return caf::make_error(errc::not_found, x.provider);
  return self->delegate(at->second, x);
}

/// Asks all gateways and answers when all have answered.
caf::result<std::vector<provider_status>> all_providers(pointer self) {
  using statuses = std::vector<provider_status>;
  auto& gateways = self->state.gateways;
  if (gateways.empty())
    return statuses{};
  auto promise = self->make_response_promise<statuses>();
  auto all = std::make_shared<statuses>();
  auto left = std::make_shared<size_t>(gateways.size());
  auto one_less = [promise, all, left]() mutable {
    if (--*left == 0)
      promise.deliver(*all);
  };
  for (auto& [name, gateway] : gateways)
    self->request(gateway, std::chrono::seconds{2}, list_providers{})
      .then(
        [all, one_less](const statuses& x) mutable {
          all->insert(all->end(), x.begin(), x.end());
          one_less();
        },
        [one_less](const caf::error&) mutable { one_less(); });
  return promise;
}

} // namespace

engine_actor::behavior_type
engine(pointer self, const engine_options& options) {
  self->set_exit_handler(
    [self](const caf::exit_msg& msg) { on_exit(self, msg); });
  self->state.children.emplace(specs(self, options), options.children);
  self->state.children->start();
  auto to_registry = [self](auto&& x) {
    return self->delegate(self->state.registry, std::forward<decltype(x)>(x));
  };
  auto to_ledger = [self](auto&& x) {
    return self->delegate(self->state.ledger, std::forward<decltype(x)>(x));
  };
  auto to_store = [self](auto&& x) {
    return self->delegate(self->state.store, std::forward<decltype(x)>(x));
  };
  return {
    [to_registry](const admit_call& x) { return to_registry(x); },
    [to_registry](caf::get_atom x) { return to_registry(x); },
    [to_registry](const list_calls& x) { return to_registry(x); },
    [to_registry](const find_call& x) { return to_registry(x); },
    [to_registry](const drain& x) { return to_registry(x); },
    [to_ledger](reserve_talk_time& x) { return to_ledger(std::move(x)); },
    [to_ledger](charge& x) { return to_ledger(std::move(x)); },
    [to_ledger](settle_call& x) { return to_ledger(std::move(x)); },
    [to_ledger](release_talk_time& x) { return to_ledger(std::move(x)); },
    [to_ledger](find_credit& x) { return to_ledger(std::move(x)); },
    [to_ledger](list_quiet_calls& x) { return to_ledger(std::move(x)); },
    [to_ledger](recover_call& x) { return to_ledger(std::move(x)); },
    [self](const use_provider& x) { return to_gateway(self, x); },
    [self](const provider_used& x) {
      auto at = self->state.gateways.find(x.provider);
      if (at != self->state.gateways.end())
        self->send(at->second, x);
    },
    [self](const breaker_changed& x) {
      auto at = self->state.gateways.find(x.provider);
      if (at != self->state.gateways.end())
        self->send(at->second, x);
    },
    [self](const list_providers&) { return all_providers(self); },
    [to_store](find_agent_by_number& x) { return to_store(std::move(x)); },
    [to_store](find_agent& x) { return to_store(std::move(x)); },
    [to_store](open_conversation& x) { return to_store(std::move(x)); },
    [to_store](find_conversation& x) { return to_store(std::move(x)); },
    [to_store](list_messages& x) { return to_store(std::move(x)); },
    [to_store](list_events& x) { return to_store(std::move(x)); },
    [to_store](call_log_batch& x) { return to_store(std::move(x)); },
    [to_store](close_conversation& x) { return to_store(std::move(x)); },
    [to_store](recording_stored& x) { return to_store(std::move(x)); },
    [to_store](list_recordings& x) { return to_store(std::move(x)); },
    [to_store](list_due_recordings& x) { return to_store(std::move(x)); },
    [to_store](forget_recording& x) { return to_store(std::move(x)); },
    [to_store](stray_recordings& x) { return to_store(std::move(x)); },
    [to_store](caf::ok_atom x) { return to_store(x); },
    [self](caf::timeout_atom, uint64_t) {
      self->state.children->restart_due(self->clock().now());
    },
  };
}

} // namespace velox::actors
