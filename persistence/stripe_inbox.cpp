#include "persistence/stripe_inbox.hpp"

#include "persistence/retry.hpp"
#include "persistence/webhook_deliveries.hpp"

#include <array>

namespace velox::persistence {

namespace {

constexpr int64_t second = 1'000;
constexpr int64_t minute = 60 * second;
constexpr int64_t hour = 60 * minute;

/// An event that is being carried out is due again after so long: whoever took
/// it has died.
constexpr int64_t lease = minute;

constexpr auto waits = std::to_array<int64_t>({
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  16 * hour,
  24 * hour,
});

/// The outcome as it is stored: an event does not wait for ever.
stripe_outcome patient(stripe_outcome x, int64_t attempts) {
  if (x.status == "waiting" && stripe_patience(attempts) == 0)
    x.status = "failed";
  return x;
}

} // namespace

int64_t stripe_patience(int64_t attempts) {
  if (attempts < 1 || attempts > static_cast<int64_t>(waits.size()))
    return attempts < 1 ? waits[0] : 0;
  return waits[static_cast<size_t>(attempts - 1)];
}

stripe_event_kept stripe_inbox::keep(const keep_stripe_event& x) {
  return with_retries([&] {
    transaction all{db_};
    auto fresh = webhook_deliveries{db_}.keep(x);
    all.commit("stripe.receive");
    return stripe_event_kept{fresh};
  });
}

stripe_event_applied stripe_inbox::apply(const apply_stripe_event& x) {
  auto due = with_retries([&] {
    return webhook_deliveries{db_}.take(x.now, x.now + lease, x.event_id);
  });
  if (!due)
    return {};
  return with_retries([&] { return carry_out(*due, x); });
}

stripe_event_applied
stripe_inbox::carry_out(const due_event& due, const apply_stripe_event& x) {
  webhook_deliveries events{db_};
  transaction all{db_};
  if (!events.begin_settling(due.event_id))
    return {}; // somebody else was faster
  auto out = patient(outcome_of(due, x), due.attempts);
  if (out.status == "waiting")
    events.wait(due.event_id, x.now + stripe_patience(due.attempts),
                out.problem, out.waits_for);
  else
    events.settle(due.event_id, out.status, out.problem);
  for (auto& known : out.known)
    events.wake(known, x.now);
  all.commit("stripe.apply");
  return {due.event_id, due.kind, out.status, out.problem, out.asks, out.about};
}

stripe_outcome
stripe_inbox::outcome_of(const due_event& due, const apply_stripe_event& x) {
  stripe::event read;
  if (auto problem = stripe::read_event(due.body, read); !problem.empty())
    return {"failed", problem};
  stripe_facts facts;
  facts.invoice_id = x.invoice_id;
  if (!x.subscription.empty())
    facts.subscription = stripe::read_subscription(x.subscription);
  return stripe_effects{db_, sold_}.apply(read, facts, x.now);
}

void stripe_inbox::postpone(const postpone_stripe_event& x) {
  webhook_deliveries events{db_};
  transaction all{db_};
  auto due = events.take(x.now, x.now, x.event_id);
  if (!due)
    return;
  if (auto wait = stripe_patience(due->attempts); wait > 0)
    events.wait(x.event_id, x.now + wait, x.problem, "");
  else
    events.settle(x.event_id, "failed", x.problem);
  all.commit();
}

} // namespace velox::persistence
