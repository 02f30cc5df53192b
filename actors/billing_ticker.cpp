#include "actors/billing_ticker.hpp"

#include "config/log.hpp"
#include "protocol/errc.hpp"

#include <utility>

namespace velox::actors {

namespace {

/// Shorter than the call waits for the ticker, so that there is time to ask
/// once more.
constexpr caf::timespan answer_due = std::chrono::seconds{2};

/// At the end of a call there is no next tick with which to try again.
constexpr caf::timespan retry_after = std::chrono::milliseconds{250};
constexpr uint64_t retry = ~uint64_t{0};

void answer_if_settled(billing_ticker_pointer self) {
  auto& state = self->state;
  if (!state.closing || state.unanswered > 0)
    return;
  if (!state.owed.empty() && state.retries-- > 0)
    wake(self, retry_after, retry);
  else
    std::exchange(state.closing, std::nullopt)->deliver(state.booked);
}

void refused(billing_ticker_pointer self, uint64_t tick,
             const caf::error& why) {
  auto& state = self->state;
  if (why == errc::out_of_credit) {
    state.owed.erase(tick); // there is nothing to take it from
    self->send(state.call, credit_exhausted{});
    return;
  }
  // The tick stays owed: it is tried again with the next one.
  config::log().error("A tick could not be charged. call={} error={}",
                      state.options.call_id, config::field(to_string(why)));
}

/// However often a tick is sent, the ledger books it once, and so do we.
void charge_tick(billing_ticker_pointer self, uint64_t tick, int64_t seconds) {
  auto& state = self->state;
  auto& options = state.options;
  ++state.unanswered;
  self
    ->request(state.ledger, answer_due,
              charge{options.org_id, options.call_id, options.first_tick + tick,
                     seconds})
    .then(
      [self, tick, seconds](const balance&) {
        --self->state.unanswered;
        if (self->state.owed.erase(tick) > 0)
          self->state.booked += seconds;
        answer_if_settled(self);
      },
      [self, tick](const caf::error& why) {
        --self->state.unanswered;
        refused(self, tick, why);
        answer_if_settled(self);
      });
}

void charge_owed(billing_ticker_pointer self) {
  for (auto [tick, seconds] : self->state.owed)
    charge_tick(self, tick, seconds);
}

/// Charges what is over at `now`.
void charge_due(billing_ticker_pointer self, talk_meter::time_point now) {
  auto& state = self->state;
  talk_meter meter{state.options.connected_at, state.options.tick};
  for (auto over = meter.complete(now); state.next < over; ++state.next)
    state.owed.emplace(state.next, meter.tick_seconds());
  charge_owed(self);
}

void wait_for_next(billing_ticker_pointer self, talk_meter::time_point now) {
  auto& state = self->state;
  talk_meter meter{state.options.connected_at, state.options.tick};
  wake(self, meter.end_of(state.next) - now, state.next);
}

caf::result<int64_t> settle(billing_ticker_pointer self) {
  auto& state = self->state;
  auto now = self->clock().now();
  state.over = true;
  charge_due(self, now);
  talk_meter meter{state.options.connected_at, state.options.tick};
  if (auto rest = meter.rest(now); rest > 0) {
    state.owed.emplace(state.next, rest);
    charge_tick(self, state.next, rest);
  }
  if (state.unanswered == 0)
    return state.booked;
  state.closing = self->make_response_promise<int64_t>();
  self->now_doing("settling");
  return *state.closing;
}

} // namespace

billing_ticker_actor::behavior_type
billing_ticker(billing_ticker_pointer self, const out_of_credit_actor& call,
               const ledger_actor& ledger, const billing_options& options) {
  self->state.options = options;
  self->state.call = call;
  self->state.ledger = ledger;
  self->now_doing("ticking");
  // After a restart: from the first tick on; what is booked is not booked
  // twice.
  auto started = self->clock().now();
  charge_due(self, started);
  wait_for_next(self, started);
  return {
    [self](caf::timeout_atom, uint64_t tick) {
      auto now = self->clock().now();
      if (self->state.closing && tick == retry)
        charge_owed(self);
      if (tick != self->state.next || self->state.over)
        return;
      charge_due(self, now);
      wait_for_next(self, now);
    },
    [self](caf::close_atom) -> caf::result<int64_t> { return settle(self); },
  };
}

} // namespace velox::actors
