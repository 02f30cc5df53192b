#include "actors/billing_ticker.hpp"

#include "config/log.hpp"
#include "protocol/errc.hpp"

#include <algorithm>
#include <utility>

namespace velox::actors {

namespace {

using time_point = talk_meter::time_point;

/// Shorter than the call waits for the ticker, so that there is time to ask
/// once more.
constexpr caf::timespan answer_due = std::chrono::seconds{2};

/// A ledger that did not answer is asked again.
constexpr caf::timespan ask_again = std::chrono::seconds{5};

/// At the end of a call there is no time for that.
constexpr caf::timespan settle_again = std::chrono::milliseconds{250};

/// What a timer is for; its number is above that.
enum timer : uint64_t { tick_due, retry_due, notice_due, kinds };

void set_timer(billing_ticker_pointer self, timer kind, caf::timespan span,
               uint64_t number) {
  wake(self, std::max(span, caf::timespan{0}), number * kinds + kind);
}

void send_owed(billing_ticker_pointer self);

talk_meter meter_of(const billing_ticker_state& state) {
  return {state.options.connected_at, state.options.tick};
}

unix_ms time_of_day(const billing_ticker_state& state, time_point at) {
  auto span = at - state.options.connected_at;
  return state.options.started_at
         + std::chrono::ceil<std::chrono::milliseconds>(span).count();
}

// -- what is covered
// -------------------------------------------------------------

/// Nothing can be added to the hold: the call is told while the goodbye still
/// fits into it.
void plan_notice(billing_ticker_pointer self) {
  auto& state = self->state;
  ++state.waits;
  if (state.credit > 0 || !state.owed.empty() || state.over || state.told)
    return;
  set_timer(self, notice_due,
            state.covered_until - state.options.notice - self->clock().now(),
            state.waits);
}

void give_notice(billing_ticker_pointer self) {
  if (self->state.over || std::exchange(self->state.told, true))
    return;
  self->send(self->state.call, credit_exhausted{});
}

/// `tick` is booked, and `left` is what the ledger says of the call.
void note_cover(billing_ticker_pointer self, uint64_t tick,
                const talk_time& left) {
  auto& state = self->state;
  auto until
    = meter_of(state).end_of(tick) + std::chrono::seconds{left.covered_seconds};
  // A tick that is sent again is answered with what later ones left.
  state.covered_until = std::max(state.covered_until, until);
  state.credit = left.credit_seconds;
  state.billed = left.billed_seconds;
}

// -- the ledger
// ------------------------------------------------------------------

void deliver(billing_ticker_pointer self) {
  auto& state = self->state;
  std::exchange(state.closing, std::nullopt)->deliver(state.billed);
}

/// What cannot be charged now stays owed. After the end of the call there are a
/// few more attempts; then recovery settles it from the call log.
void put_off(billing_ticker_pointer self, const caf::error& why) {
  auto& state = self->state;
  auto now = self->clock().now();
  config::log().error("Talk time could not be charged; it stays owed. call={} "
                      "error={}",
                      state.options.call_id, config::field(to_string(why)));
  if (state.closing) {
    if (state.retries-- > 0)
      set_timer(self, retry_due, settle_again, 0);
    else
      deliver(self);
    return;
  }
  if (!state.away_since)
    state.away_since = now;
  if (now - *state.away_since >= state.options.ledger_patience
      && !std::exchange(state.told, true))
    self->send(state.call,
               end_call{end_reason::credit_exhausted,
                        "The ledger has not answered for too long."});
  set_timer(self, retry_due, ask_again, 0);
}

void send_settlement(billing_ticker_pointer self) {
  auto& state = self->state;
  auto& options = state.options;
  state.asking = true;
  self
    ->request(state.ledger, answer_due,
              settle_call{options.org_id, options.call_id,
                          options.first_tick + state.next, state.rest,
                          time_of_day(state, state.ended_at)})
    .then(
      [self](const call_bill& x) {
        self->state.asking = false;
        self->state.billed = x.billed_seconds;
        deliver(self);
      },
      [self](const caf::error& why) {
        self->state.asking = false;
        put_off(self, why);
      });
}

void charge_first(billing_ticker_pointer self) {
  auto& state = self->state;
  auto& options = state.options;
  auto piece = state.owed.front();
  state.asking = true;
  self
    ->request(state.ledger, answer_due,
              charge{options.org_id, options.call_id,
                     options.first_tick + piece.tick, piece.seconds,
                     time_of_day(state, meter_of(state).end_of(piece.tick))})
    .then(
      [self, tick = piece.tick](const talk_time& left) {
        auto& state = self->state;
        state.asking = false;
        state.away_since.reset();
        state.owed.pop_front();
        note_cover(self, tick, left);
        if (state.owed.empty())
          plan_notice(self);
        send_owed(self);
      },
      [self](const caf::error& why) {
        self->state.asking = false;
        put_off(self, why);
      });
}

/// One at a time: so they arrive in order, and a ledger that is away is not
/// flooded when it is back.
void send_owed(billing_ticker_pointer self) {
  auto& state = self->state;
  if (state.asking)
    return;
  if (!state.owed.empty())
    charge_first(self);
  else if (state.closing)
    send_settlement(self);
}

// -- time
// ------------------------------------------------------------------------

/// Owes the ledger what is over at `now`.
void charge_due(billing_ticker_pointer self, time_point now) {
  auto& state = self->state;
  auto meter = meter_of(state);
  for (auto over = meter.complete(now); state.next < over; ++state.next)
    state.owed.push_back({state.next, meter.tick_seconds()});
  send_owed(self);
}

void wait_for_next(billing_ticker_pointer self, time_point now) {
  auto& state = self->state;
  set_timer(self, tick_due, meter_of(state).end_of(state.next) - now,
            state.next);
}

void on_tick(billing_ticker_pointer self, uint64_t tick) {
  if (tick != self->state.next || self->state.over)
    return;
  auto now = self->clock().now();
  charge_due(self, now);
  wait_for_next(self, now);
}

caf::result<int64_t> settle(billing_ticker_pointer self) {
  auto& state = self->state;
  auto now = self->clock().now();
  state.over = true;
  state.ended_at = now;
  state.rest = meter_of(state).rest(now);
  state.closing = self->make_response_promise<int64_t>();
  auto result = *state.closing;
  self->now_doing("settling");
  charge_due(self, now);
  return result;
}

} // namespace

billing_ticker_actor::behavior_type
billing_ticker(billing_ticker_pointer self, const out_of_credit_actor& call,
               const ledger_actor& ledger, const billing_options& options) {
  auto& state = self->state;
  state.options = options;
  state.call = call;
  state.ledger = ledger;
  state.covered_until
    = options.connected_at + std::chrono::seconds{options.hold.covered_seconds};
  state.credit = options.hold.credit_seconds;
  state.billed = options.hold.billed_seconds;
  self->now_doing("ticking");
  // After a restart: from the first tick on; what is booked is not booked
  // twice.
  auto now = self->clock().now();
  charge_due(self, now);
  wait_for_next(self, now);
  plan_notice(self);
  return {
    [self](caf::timeout_atom, uint64_t number) {
      switch (number % kinds) {
        case tick_due: on_tick(self, number / kinds); break;
        case retry_due: send_owed(self); break;
        case notice_due:
          if (number / kinds == self->state.waits)
            give_notice(self);
          break;
        default: break;
      }
    },
    [self](caf::close_atom) -> caf::result<int64_t> { return settle(self); },
  };
}

} // namespace velox::actors
