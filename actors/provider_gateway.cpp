#include "actors/provider_gateway.hpp"

#include "config/log.hpp"
#include "protocol/errc.hpp"

namespace velox::actors {

namespace {

using pointer = provider_gateway_actor::stateful_pointer<gateway_state>;
using answer = caf::result<provider_admitted>;

/// Failures that tell something about the vendor; a request that it does not
/// take (400) says more about us.
bool counts_against(provider_errc code) {
  return code != provider_errc::bad_request
         && code != provider_errc::unavailable;
}

std::size_t scouts(const gateway_state& state) {
  std::size_t result = 0;
  for (auto& [ticket, place] : state.places)
    result += place.scout ? 1 : 0;
  return result;
}

provider_admitted admit(pointer self, const caf::actor_addr& asker) {
  auto& state = self->state;
  ++state.counts.admitted;
  state.places.emplace(++state.last_ticket, gateway_state::place{asker, true});
  self->monitor(asker);
  return {state.last_ticket};
}

caf::error refusal(pointer self, errc code) {
  ++self->state.counts.refused;
  return caf::make_error(code, self->state.options.provider);
}

/// A verdict, or nothing: the asker has to wait for what the scouts find.
std::optional<caf::error> obstacle(pointer self, bool& wait) {
  auto& state = self->state;
  auto now = self->clock().now();
  auto& limit = state.options.places;
  if (limit != 0 && state.places.size() >= limit)
    return refusal(self, errc::provider_busy);
  if (state.breaker.unproven(now)
      && state.breaker.now_in(now) == circuit_breaker::state::closed
      && scouts(state) >= state.options.scouts) {
    wait = true;
    return std::nullopt;
  }
  if (!state.breaker.admits(now))
    return refusal(self, errc::provider_unavailable);
  return std::nullopt;
}

/// Decides for those who waited, in their order.
void look_at_waiting(pointer self) {
  auto& state = self->state;
  auto now = self->clock().now();
  while (!state.waiting.empty()) {
    auto& first = state.waiting.front();
    bool wait = false;
    auto error = obstacle(self, wait);
    if (wait && now < first.until)
      return;
    auto one = std::move(first);
    state.waiting.pop_front();
    self->demonitor(one.asker);
    if (wait) // the scouts have found nothing in time
      one.promise.deliver(refusal(self, errc::provider_busy));
    else if (error)
      one.promise.deliver(std::move(*error));
    else
      one.promise.deliver(admit(self, one.asker));
  }
}

answer on_use(pointer self) {
  auto& state = self->state;
  auto asker = caf::actor_cast<caf::actor_addr>(self->current_sender());
  bool wait = false;
  auto error = obstacle(self, wait);
  if (wait) {
    auto& span = state.options.scouting;
    auto promise = self->make_response_promise<provider_admitted>();
    self->monitor(asker);
    state.waiting.push_back({promise, asker, self->clock().now() + span});
    self->delayed_send(self, span, caf::timeout_atom_v, uint64_t{0});
    return promise;
  }
  if (error)
    return std::move(*error);
  return admit(self, asker);
}

void give_back(pointer self, uint64_t ticket) {
  auto& places = self->state.places;
  auto at = places.find(ticket);
  if (at == places.end())
    return;
  auto holder = at->second.holder;
  places.erase(at);
  self->demonitor(holder);
}

/// Tells the other nodes what we have found out ourselves.
void publish(pointer self, circuit_breaker::state now_in) {
  auto& state = self->state;
  if (!state.options.sessions || now_in == circuit_breaker::state::half_open)
    return;
  auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
    state.breaker.left(self->clock().now()));
  self->send(state.options.sessions,
             breaker_changed{state.options.provider,
                             now_in == circuit_breaker::state::open,
                             left.count()});
}

void on_changed_elsewhere(pointer self, const breaker_changed& x) {
  auto& breaker = self->state.breaker;
  auto now = self->clock().now();
  auto before = breaker.now_in(now);
  if (x.open)
    breaker.open_elsewhere(std::chrono::milliseconds{x.pause_ms}, now);
  else
    breaker.closed_elsewhere(now);
  if (auto after = breaker.now_in(now); before != after)
    config::log().warn("A provider's circuit breaker follows another node's. "
                       "provider={} is={} node={}",
                       config::field(self->state.options.provider),
                       circuit_breaker::to_text(after), config::field(x.node));
  look_at_waiting(self);
}

void on_used(pointer self, const provider_used& x) {
  auto& state = self->state;
  auto at = state.places.find(x.ticket);
  if (at == state.places.end())
    return;
  at->second.scout = false;
  auto now = self->clock().now();
  auto before = state.breaker.now_in(now);
  if (!x.failed) {
    if (x.latency_ms >= 0)
      state.breaker.succeeded(now);
    else
      state.breaker.abandoned(); // cancelled before there was anything
  } else if (counts_against(x.code)) {
    ++state.counts.failed;
    state.breaker.failed(now);
    if (x.retry_after_ms > 0)
      state.breaker.hold_off(std::chrono::milliseconds{x.retry_after_ms}, now);
  } else {
    state.breaker.abandoned();
  }
  auto after = state.breaker.now_in(now);
  if (before != after) {
    config::log().warn("A provider's circuit breaker changed. provider={} "
                       "was={} is={}",
                       config::field(state.options.provider),
                       circuit_breaker::to_text(before),
                       circuit_breaker::to_text(after));
    publish(self, after);
  }
  if (!x.more)
    give_back(self, x.ticket);
  look_at_waiting(self);
}

void on_down(pointer self, const caf::down_msg& x) {
  auto& state = self->state;
  std::erase_if(state.waiting, [&](auto& w) { return w.asker == x.source; });
  auto gone = std::erase_if(
    state.places, [&](auto& p) { return p.second.holder == x.source; });
  if (gone > 0)
    state.breaker.abandoned();
  look_at_waiting(self);
}

} // namespace

provider_gateway_actor::behavior_type
provider_gateway(pointer self, gateway_options options) {
  auto& state = self->state;
  state.breaker = circuit_breaker{options.breaker};
  state.counts.provider = options.provider;
  state.options = std::move(options);
  self->set_down_handler([self](const caf::down_msg& x) { on_down(self, x); });
  return {
    [self](const use_provider&) { return on_use(self); },
    [self](const provider_used& x) { on_used(self, x); },
    [self](const breaker_changed& x) { on_changed_elsewhere(self, x); },
    [self](const list_providers&) {
      auto& state = self->state;
      auto result = state.counts;
      result.breaker
        = circuit_breaker::to_text(state.breaker.now_in(self->clock().now()));
      result.in_use = state.places.size();
      result.limit = state.options.places;
      return std::vector<provider_status>{result};
    },
    [self](caf::timeout_atom, uint64_t) { look_at_waiting(self); },
  };
}

} // namespace velox::actors
