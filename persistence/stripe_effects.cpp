#include "persistence/stripe_effects.hpp"

#include "persistence/ledger.hpp"

#include <algorithm>

namespace velox::persistence {

namespace {

/// Nobody buys more at once: 20 years of talk time.
constexpr int64_t most_minutes = 10'000'000;

stripe_outcome applied(std::vector<std::string> known) {
  stripe_outcome out{"applied", ""};
  out.known = std::move(known);
  return out;
}

stripe_outcome ignored(std::string why) {
  return {"ignored", std::move(why)};
}

stripe_outcome failed(std::string why) {
  return {"failed", std::move(why)};
}

/// The event that tells whose customer it is may yet come.
stripe_outcome
unknown_customer(const std::string& customer, const std::string& instead) {
  stripe_outcome out{"waiting",
                     "no organisation has this customer; one is linked by "
                     "'velox ctl checkout', or by metadata org_id in Stripe"};
  out.waits_for = customer.empty() ? instead : customer;
  return out;
}

std::string unknown_price(const std::vector<std::string>& prices) {
  std::string named = prices.empty() ? "no price at all" : prices.front();
  return "unknown price (" + named
         + "): set stripe.starter_price_id, stripe.pro_price_id or "
           "stripe.enterprise_price_id, then retry the event";
}

/// How much of `seconds` belongs to `part` of `whole`; all of it for the whole.
int64_t share(int64_t seconds, int64_t part, int64_t whole) {
  if (part >= whole)
    return seconds;
  // In 64 bits: talk time is below 10^9 s, an amount below 10^9 here.
  for (; whole >= 1'000'000'000; whole /= 10)
    part /= 10;
  return seconds * part / whole;
}

} // namespace

std::string stripe_effects::plan_of(const std::string& price) const {
  auto found = sold_.plans.find(price);
  return found == sold_.plans.end() ? std::string{} : found->second;
}

stripe_outcome stripe_effects::apply(const stripe::event& x,
                                     const stripe_facts& facts, unix_ms now) {
  if (x.object.index() == 0)
    return ignored("nothing here follows from " + x.type);
  if (sold_.livemode && *sold_.livemode != x.livemode)
    return failed(x.livemode ? "the event is of live mode, stripe.secret_key "
                               "is of test mode"
                             : "the event is of test mode, stripe.secret_key "
                               "is of live mode");
  if (auto* session = std::get_if<stripe::checkout_session>(&x.object))
    return apply(*session, now);
  if (auto* invoice = std::get_if<stripe::invoice>(&x.object))
    return apply(*invoice, now);
  if (auto* plan = std::get_if<stripe::subscription>(&x.object))
    return apply(x, *plan, facts);
  return apply(std::get<stripe::charge>(x.object), facts, now);
}

stripe_outcome
stripe_effects::apply(const stripe::checkout_session& x, unix_ms now) {
  if (!x.paid())
    return ignored("not paid yet: "
                   "checkout.session.async_payment_succeeded follows");
  if (x.mode == "payment")
    return apply_top_up(x, now);
  if (x.mode != "subscription")
    return ignored("a checkout of mode " + x.mode + " changes nothing");
  auto org = accounts_.resolve(x.customer, x.subscription, x.org_id);
  if (org.empty())
    return unknown_customer(x.customer, x.subscription);
  accounts_.hold(org);
  accounts_.link(org, x.customer);
  accounts_.expect_plan(org, x.subscription);
  accounts_.choose_plan(org);
  return applied({x.customer, x.subscription});
}

stripe_outcome
stripe_effects::apply_top_up(const stripe::checkout_session& x, unix_ms now) {
  if (x.minutes == 0)
    return ignored("the checkout sold no talk time (no metadata minutes)");
  if (x.minutes < 0 || x.minutes > most_minutes)
    return failed("metadata minutes is out of range");
  auto org = accounts_.resolve("", "", x.org_id);
  if (org.empty())
    org = accounts_.resolve(x.customer, "", "");
  if (org.empty())
    return unknown_customer(x.customer, x.id);
  accounts_.hold(org);
  accounts_.link(org, x.customer);
  stripe_payment payment{x.id, org, x.payment_intent, "", x.amount, x.currency};
  payment.seconds = x.minutes * 60;
  grant(payment, "checkout:" + x.id, "bought by checkout", now);
  return applied({x.customer, x.payment_intent, x.id});
}

stripe_outcome stripe_effects::apply(const stripe::invoice& x, unix_ms now) {
  if (!x.paid)
    return ignored("the invoice is not paid");
  if (x.subscription.empty())
    return ignored("the invoice is of no subscription");
  std::string plan;
  std::vector<std::string> prices;
  for (auto& line : x.lines) {
    if (line.proration)
      continue;
    prices.push_back(line.price);
    if (plan.empty())
      plan = plan_of(line.price);
  }
  if (plan.empty() && prices.empty() && !x.lines.empty())
    return ignored("the invoice only corrects a period that was paid for");
  if (plan.empty())
    return failed(unknown_price(prices));
  auto org = accounts_.resolve(x.customer, x.subscription, x.org_id);
  if (org.empty())
    return unknown_customer(x.customer, x.subscription);
  accounts_.hold(org);
  accounts_.link(org, x.customer);
  accounts_.expect_plan(org, x.subscription);
  stripe_payment payment{x.id,     org,           x.payment_intent,
                         x.charge, x.amount_paid, x.currency};
  payment.seconds = accounts_.included_seconds(plan);
  grant(payment, "invoice:" + x.id, plan, now);
  return applied(
    {x.customer, x.subscription, x.payment_intent, x.charge, x.id});
}

stripe_outcome
stripe_effects::apply(const stripe::event& about, const stripe::subscription& x,
                      const stripe_facts& facts) {
  const auto& now = facts.subscription && facts.subscription->id == x.id
                      ? *facts.subscription
                      : x;
  stripe_plan plan;
  plan.subscription_id = x.id;
  plan.as_of = about.created;
  plan.ended = about.is_deleted() || now.status == "canceled";
  plan.status = about.is_deleted() ? "canceled" : now.status;
  for (auto& price : now.prices)
    if (plan.plan.empty())
      plan.plan = plan_of(price);
  if (plan.plan.empty() && !plan.ended)
    return failed(unknown_price(now.prices));
  plan.org_id = accounts_.resolve(x.customer, x.id, x.org_id);
  if (plan.org_id.empty())
    return unknown_customer(x.customer, x.id);
  accounts_.hold(plan.org_id);
  accounts_.link(plan.org_id, x.customer);
  auto known = accounts_.note_plan(plan, &now != &x);
  if (known == news::stale)
    return ignored("something newer was applied before");
  if (known == news::tied) {
    stripe_outcome out{"waiting",
                       "another event of the same second was applied before; "
                       "the subscription has to be read again"};
    out.asks = stripe_question::subscription;
    out.about = x.id;
    return out;
  }
  accounts_.choose_plan(plan.org_id);
  return applied({x.customer, x.id});
}

stripe_outcome stripe_effects::apply(const stripe::charge& x,
                                     const stripe_facts& facts, unix_ms now) {
  auto invoice = facts.invoice_id.empty() ? x.invoice : facts.invoice_id;
  auto paid = accounts_.find_payment(x.payment_intent, x.id, invoice);
  if (!paid) {
    if (facts.invoice_id == "none")
      invoice.clear();
    stripe_outcome out{"waiting", "no payment that was granted talk time "
                                  "belongs to this refund; its event may yet "
                                  "come"};
    out.waits_for = invoice.empty() ? x.payment_intent : invoice;
    if (invoice.empty() && facts.invoice_id.empty()
        && !x.payment_intent.empty()) {
      out.asks = stripe_question::invoice;
      out.about = x.payment_intent;
    }
    return out;
  }
  accounts_.hold(paid->org_id);
  paid = accounts_.find_payment("", "", paid->id); // as it is now
  if (x.amount_refunded <= paid->refunded)
    return ignored("no more is refunded than was applied before");
  auto whole = paid->amount > 0 ? paid->amount : x.amount;
  auto taken = share(paid->seconds, x.amount_refunded, whole);
  auto more = taken - paid->withdrawn_seconds;
  if (more > 0)
    ledger{db_}.withdraw(paid->org_id, more,
                         "refund:" + x.id + ":"
                           + std::to_string(x.amount_refunded),
                         "refunded", now);
  accounts_.note_refund(paid->id, x.payment_intent, x.id, x.amount_refunded,
                        taken);
  return applied({});
}

void stripe_effects::grant(const stripe_payment& x, const std::string& key,
                           const std::string& note, unix_ms now) {
  accounts_.add_payment(x, now);
  if (x.seconds > 0)
    ledger{db_}.grant(x.org_id, x.seconds, key, note, now);
}

} // namespace velox::persistence
