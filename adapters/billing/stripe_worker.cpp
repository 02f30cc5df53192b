#include "adapters/billing/stripe_worker.hpp"

#include "config/log.hpp"
#include "protocol/form.hpp"
#include "protocol/stripe_event.hpp"
#include "protocol/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace velox::billing {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{30};

using pointer = stripe_worker_actor::stateful_pointer<stripe_worker_state>;

void apply(pointer self, apply_stripe_event what);

/// Fixed sentences; ids of Stripe's are no personal data.
void tell(const stripe_event_applied& x) {
  if (x.status == "failed")
    config::log().error("An event of Stripe's has failed; see 'velox ctl "
                        "stripe-events'. event={} type={} why={}",
                        config::field(x.event_id), config::field(x.kind),
                        config::field(x.problem));
  else if (x.status == "waiting" && x.asks == stripe_question::none)
    config::log().warn("An event of Stripe's waits. event={} type={} why={}",
                       config::field(x.event_id), config::field(x.kind),
                       config::field(x.problem));
  else
    config::log().info("An event of Stripe's was read. event={} type={} "
                       "status={}",
                       config::field(x.event_id), config::field(x.kind),
                       x.status);
}

void ask_api(pointer self, const stripe_event_applied& x) {
  auto me = caf::actor_cast<stripe_worker_actor>(self);
  auto about_invoice = x.asks == stripe_question::invoice;
  auto path = about_invoice ? "/v1/invoice_payments?limit=1&payment%5Btype%5D="
                              "payment_intent&payment%5Bpayment_intent%5D="
                                + percent_encode(x.about)
                            : "/v1/subscriptions/" + percent_encode(x.about);
  stripe_answered said{x.event_id, x.asks, {}, {}};
  self->state.options->api.get(path, [me, said](const stripe_reply& reply) {
    auto out = said;
    out.problem = reply.problem;
    if (reply.ok() && said.asked == stripe_question::invoice) {
      auto invoice = stripe::read_invoice_payment(reply.body);
      if (invoice)
        out.answer = invoice->empty() ? "none" : *invoice;
      else
        out.problem = "Stripe's list of invoice payments cannot be read";
    } else if (reply.ok()) {
      out.answer = reply.body;
      if (!stripe::read_subscription(reply.body))
        out.problem = "Stripe's subscription cannot be read";
    }
    caf::anon_send(me, std::move(out));
  });
}

/// The next one, until nothing is due.
void go_on(pointer self) {
  auto& state = self->state;
  if (std::exchange(state.working, true)) {
    state.more = true;
    return;
  }
  apply(self, {state.options->time_of_day(), {}, {}, {}});
}

void apply(pointer self, apply_stripe_event what) {
  auto named = !what.event_id.empty();
  auto on_applied = [self, named](const stripe_event_applied& x) {
    if (!x.event_id.empty())
      tell(x);
    if (x.asks != stripe_question::none && !named)
      ask_api(self, x);
    if (named)
      return go_on(self); // what waited for it may be due
    self->state.working = false;
    if (!x.event_id.empty() || std::exchange(self->state.more, false))
      go_on(self);
  };
  auto on_error = [self, named](const caf::error&) {
    // The store has logged why; at the next look it is tried again.
    if (!named)
      self->state.working = false;
  };
  self->request(self->state.options->store, patience, std::move(what))
    .then(on_applied, on_error);
}

void on_answer(pointer self, const stripe_answered& x) {
  auto now = self->state.options->time_of_day();
  if (!x.problem.empty()) {
    config::log().warn("Stripe's API did not help with an event. event={} "
                       "why={}",
                       config::field(x.event_id), config::field(x.problem));
    self->send(self->state.options->store,
               postpone_stripe_event{x.event_id, x.problem, now});
    return;
  }
  apply_stripe_event again{now, x.event_id, {}, {}};
  (x.asked == stripe_question::invoice ? again.invoice_id : again.subscription)
    = x.answer;
  apply(self, std::move(again));
}

void look_again(pointer self) {
  self->delayed_send(self, self->state.options->every, caf::timeout_atom_v,
                     ++self->state.look);
}

} // namespace

stripe_worker_actor::behavior_type
stripe_worker(pointer self, const stripe_worker_options& options) {
  self->state.options = options;
  look_again(self);
  go_on(self);
  return {
    [self](caf::put_atom) { go_on(self); },
    [self](const stripe_answered& x) { on_answer(self, x); },
    [self](caf::timeout_atom, uint64_t look) {
      if (look != self->state.look)
        return;
      look_again(self);
      go_on(self);
    },
  };
}

} // namespace velox::billing
