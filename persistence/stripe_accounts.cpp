#include "persistence/stripe_accounts.hpp"

namespace velox::persistence {

std::optional<billing_account> stripe_accounts::find(std::string_view org_id) {
  auto found = db_.query("SELECT id, name, plan, subscription_status, "
                         "stripe_customer_id, stripe_subscription_id, "
                         "credit_seconds FROM organisations "
                         "WHERE id = $1 AND deleted_at IS NULL",
                         org_id);
  if (!found.next())
    return std::nullopt;
  return billing_account{found.text(0),   found.text(1), found.text(2),
                         found.text(3),   found.text(4), found.text(5),
                         found.integer(6)};
}

std::string stripe_accounts::resolve(std::string_view customer,
                                     std::string_view subscription,
                                     std::string_view named) {
  auto first
    = [](rows found) { return found.next() ? found.text(0) : std::string{}; };
  std::string org;
  if (!customer.empty())
    org = first(db_.query("SELECT id FROM organisations "
                          "WHERE stripe_customer_id = $1",
                          customer));
  if (org.empty() && !subscription.empty())
    org = first(db_.query("SELECT org_id FROM stripe_objects WHERE id = $1",
                          subscription));
  if (org.empty() && !named.empty())
    org = first(db_.query("SELECT id FROM organisations WHERE id = $1", named));
  return org;
}

void stripe_accounts::hold(std::string_view org_id) {
  db_.execute("UPDATE organisations SET version = version WHERE id = $1",
              org_id);
}

void stripe_accounts::link(std::string_view org_id, std::string_view customer) {
  if (!find(org_id))
    throw not_found{"there is no such organisation"};
  if (!customer.empty())
    db_.execute("UPDATE organisations SET stripe_customer_id = $2, "
                "version = version + 1 WHERE id = $1 "
                "AND stripe_customer_id IS NULL AND NOT EXISTS "
                "(SELECT 1 FROM organisations WHERE stripe_customer_id = $2)",
                org_id, customer);
}

void stripe_accounts::expect_plan(std::string_view org_id,
                                  std::string_view subscription) {
  if (!subscription.empty())
    db_.execute("INSERT INTO stripe_objects (id, org_id, plan, status, "
                "last_created, ended) VALUES ($1, $2, '', '', 0, FALSE) "
                "ON CONFLICT (id) DO NOTHING",
                subscription, org_id);
}

news stripe_accounts::note_plan(const stripe_plan& x, bool as_read) {
  expect_plan(x.org_id, x.subscription_id);
  // The end is final and has no rival; news from the API win a tie.
  auto bar = x.ended ? INT64_MAX : as_read ? x.as_of + 1 : x.as_of;
  auto taken = db_.execute(
    "UPDATE stripe_objects SET plan = $2, status = $3, "
    "last_created = $4, ended = $5 WHERE id = $1 "
    "AND org_id = $7 AND ended = FALSE AND last_created < $6",
    x.subscription_id, x.plan, x.status, x.as_of, x.ended, bar, x.org_id);
  if (taken > 0)
    return news::applied;
  auto known = db_.query("SELECT ended, last_created FROM stripe_objects "
                         "WHERE id = $1 AND org_id = $2",
                         x.subscription_id, x.org_id);
  auto tie = known.next() && !known.boolean(0) && known.integer(1) == x.as_of;
  return tie ? news::tied : news::stale;
}

void stripe_accounts::choose_plan(std::string_view org_id) {
  // Those that give access come first, the newest of them first.
  auto found
    = db_.query("SELECT id, plan, status, "
                "CASE WHEN ended = FALSE AND plan <> '' AND status IN "
                "('active', 'trialing', 'past_due') THEN 1 ELSE 0 END AS live "
                "FROM stripe_objects WHERE org_id = $1 "
                "ORDER BY live DESC, last_created DESC, id LIMIT 1",
                org_id);
  std::string subscription;
  std::string plan = "PREPAID";
  std::string status;
  if (found.next()) {
    subscription = found.text(0);
    status = found.text(2);
    if (found.boolean(3))
      plan = found.text(1);
  }
  db_.execute("UPDATE organisations SET plan = $2, subscription_status = $3, "
              "stripe_subscription_id = $4, version = version + 1 "
              "WHERE id = $1",
              org_id, plan, status, subscription);
}

bool stripe_accounts::add_payment(const stripe_payment& x, unix_ms at) {
  return db_.execute("INSERT INTO stripe_payments (id, org_id, "
                     "payment_intent, charge, amount, currency, seconds, "
                     "refunded, withdrawn_seconds, created_at) VALUES "
                     "($1, $2, $3, $4, $5, $6, $7, 0, 0, $8) "
                     "ON CONFLICT (id) DO NOTHING",
                     x.id, x.org_id, x.payment_intent, x.charge, x.amount,
                     x.currency, x.seconds, at)
         > 0;
}

std::optional<stripe_payment>
stripe_accounts::find_payment(std::string_view payment_intent,
                              std::string_view charge, std::string_view id) {
  auto found = db_.query(
    "SELECT id, org_id, payment_intent, charge, amount, currency, seconds, "
    "refunded, withdrawn_seconds FROM stripe_payments "
    "WHERE (payment_intent = $1 AND payment_intent <> '') "
    "OR (charge = $2 AND charge <> '') OR id = $3 ORDER BY id LIMIT 1",
    payment_intent, charge, id);
  if (!found.next())
    return std::nullopt;
  return stripe_payment{found.text(0),    found.text(1),    found.text(2),
                        found.text(3),    found.integer(4), found.text(5),
                        found.integer(6), found.integer(7), found.integer(8)};
}

void stripe_accounts::note_refund(std::string_view id,
                                  std::string_view payment_intent,
                                  std::string_view charge, int64_t refunded,
                                  int64_t withdrawn_seconds) {
  db_.execute("UPDATE stripe_payments SET refunded = $4, "
              "withdrawn_seconds = $5, "
              "payment_intent = CASE WHEN payment_intent = '' "
              "OR payment_intent = $2 THEN $2 ELSE payment_intent END, "
              "charge = CASE WHEN charge = '' OR charge = $3 THEN $3 "
              "ELSE charge END "
              "WHERE id = $1",
              id, payment_intent, charge, refunded, withdrawn_seconds);
}

int64_t stripe_accounts::included_seconds(std::string_view plan) {
  auto found
    = db_.query("SELECT included_seconds FROM plans WHERE id = $1", plan);
  if (!found.next())
    throw not_found{"there is no such plan"};
  return found.integer(0);
}

} // namespace velox::persistence
