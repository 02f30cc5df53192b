#include "persistence/conversations.hpp"
#include "persistence/outbox.hpp"
#include "persistence/stripe_accounts.hpp"
#include "persistence/webhook_deliveries.hpp"
#include "persistence/webhook_endpoints.hpp"
#include "tests/persistence/every_method.hpp"

#include <gtest/gtest.h>

/// The lines of every_method_test.cpp for what tells the outside and hears from
/// it. Rows of acme's that its snapshot does not show are watched here.

namespace velox::persistence {

namespace {

using text = const std::string&;

constexpr auto is_node = "the nodes ask, who serve all";
constexpr auto is_stripe = "Stripe knows its own ids only";

/// How much of acme's was changed or shown: nothing, unless acme asks.
size_t of_acme(text org, size_t much) {
  EXPECT_TRUE(org == "acme" || much == 0) << "to '" << org << "'";
  return much;
}

size_t of_acme(text org, bool some) {
  return of_acme(org, size_t{some ? 1u : 0u});
}

webhook_endpoint endpoint_of(text org, text url) {
  return {org, url, "sealed", "", "", 1};
}

/// Acme has an endpoint that webhooks are sent to.
void add_endpoint(connection& db) {
  webhook_endpoints{db}.put(endpoint_of("acme", "https://acme.test/old"));
}

/// The id of a webhook for acme that waits.
int64_t add_webhook(connection& db, text event_id) {
  outbox{db}.add({"acme", event_id, "call.ended", "CA1", "{}", 1});
  return outbox{db}.list({"acme", "", 1}).at(0).id;
}

/// An event of Stripe's that is due.
void add_event(connection& db, text event_id) {
  webhook_deliveries{db}.keep({event_id, "invoice.paid", "in_1", "{}", 1, 1});
}

const add_methods calls{
  {"conversations.insist_on_fence",
   [](connection& db, text x) { conversations{db}.insist_on_fence(x, 1); },
   nullptr, "the node that has a call knows the call only"},
};

const add_methods webhooks{
  {"outbox.free_claims",
   [](connection& db, text) { outbox{db}.free_claims(1); }, nullptr, is_node},
  {"webhook_deliveries.free_claims",
   [](connection& db, text) { webhook_deliveries{db}.free_claims(1); }, nullptr,
   is_node},
  {"outbox.backlog", [](connection& db, text) { outbox{db}.backlog(); },
   nullptr, is_node},
  {"outbox.claim",
   [](connection& db, text x) {
     webhook_endpoints{db}.put({"acme", x, x, x, "", 1});
     outbox{db}.add({"acme", x, x, x, "{}", 1});
     outbox{db}.claim({9, 9, 9});
   },
   nullptr, is_node},
  {"outbox.finish",
   [](connection& db, text x) {
     auto id = add_webhook(db, "E1");
     {
       transaction undone{db};
       outbox{db}.finish({id, 0, "delivered", 9, x, 9, x});
     }
     outbox{db}.finish({id, 0, "pending", 9, x, 9, x});
     add_endpoint(db);
     outbox{db}.finish({add_webhook(db, "E2"), 0, x, 9, x, 9, x});
   },
   nullptr, is_node},
  {"outbox.list",
   [](connection& db, text x) {
     outbox{db}.list({x, x, 9});
     outbox{db}.list({"acme", x, 9});
     outbox{db}.add({"acme", x, x, x, "{}", 1});
     outbox{db}.list({"acme", "", 9});
   },
   [](connection& db, text org) {
     add_webhook(db, "E1");
     // Operators only ask without an organisation: they mean all.
     return org.empty() ? 0
                        : of_acme(org, outbox{db}.list({org, "", 9}).size());
   }},
  {"outbox.retry",
   [](connection& db, text x) {
     outbox{db}.retry({x, 1, 1});
   },
   [](connection& db, text org) {
     auto id = add_webhook(db, "E1");
     outbox{db}.finish({id, 0, "dead", 9, "gone", 9, ""});
     outbox{db}.retry({org, id, 9});
     return of_acme(org, outbox{db}.backlog().pending == 1);
   }},
  {"webhook_endpoints.put",
   [](connection& db, text x) {
     webhook_endpoints{db}.put({"acme", x, x, x, x, 1});
     webhook_endpoints{db}.put({x, x, x, x, x, 1});
   },
   [](connection& db, text org) {
     add_endpoint(db);
     webhook_endpoints{db}.put(endpoint_of(org, "https://new.test"));
     auto now = webhook_endpoints{db}.find("acme");
     return of_acme(org, now.url == "https://new.test");
   }},
  {"webhook_endpoints.find",
   [](connection& db, text x) { webhook_endpoints{db}.find(x); },
   [](connection& db, text org) {
     add_endpoint(db);
     return of_acme(org, !webhook_endpoints{db}.find(org).url.empty());
   }},
  {"webhook_endpoints.remove",
   [](connection& db, text x) { webhook_endpoints{db}.remove(x, 1); },
   [](connection& db, text org) {
     add_endpoint(db);
     webhook_endpoints{db}.remove(org, 9);
     return of_acme(org, true);
   }},
  {"webhook_endpoints.disable",
   [](connection& db, text x) {
     webhook_endpoints{db}.disable(x, x, 1);
     webhook_endpoints{db}.disable("acme", x, 1);
   },
   [](connection& db, text org) {
     add_endpoint(db);
     webhook_endpoints{db}.disable(org, "410", 9);
     auto now = webhook_endpoints{db}.find("acme");
     return of_acme(org, !now.disabled_because.empty());
   }},
};

const add_methods stripe_tells{
  {"webhook_deliveries.keep",
   [](connection& db, text x) {
     webhook_deliveries{db}.keep({x, x, x, "{}", 1, 1});
     webhook_deliveries{db}.keep({"evt_1", x, x, x, 1, 1});
   },
   nullptr, is_stripe},
  {"webhook_deliveries.take",
   [](connection& db, text x) {
     webhook_deliveries{db}.take(9, 10, x);
     webhook_deliveries{db}.keep({x, x, x, "{}", 1, 1});
     webhook_deliveries{db}.take(9, 10, x);
     webhook_deliveries{db}.take(9, 10);
   },
   nullptr, is_stripe},
  {"webhook_deliveries.begin_settling",
   [](connection& db, text x) { webhook_deliveries{db}.begin_settling(x); },
   nullptr, is_stripe},
  {"webhook_deliveries.settle",
   [](connection& db, text x) {
     add_event(db, "evt_1");
     webhook_deliveries{db}.settle(x, x, x);
     webhook_deliveries{db}.settle("evt_1", "failed", x);
     add_event(db, "evt_2");
     webhook_deliveries{db}.settle("evt_2", x, x);
   },
   nullptr, is_stripe},
  {"webhook_deliveries.wait",
   [](connection& db, text x) {
     webhook_deliveries{db}.wait(x, 9, x, x);
     add_event(db, "evt_1");
     webhook_deliveries{db}.wait("evt_1", 9, x, x);
   },
   nullptr, is_stripe},
  {"webhook_deliveries.wake",
   [](connection& db, text x) {
     webhook_deliveries{db}.wake(x, 9);
     add_event(db, "evt_1");
     webhook_deliveries{db}.take(1, 2);
     webhook_deliveries{db}.wait("evt_1", 9, "", x);
     webhook_deliveries{db}.wake(x, 9);
   },
   nullptr, is_stripe},
  {"webhook_deliveries.troubled",
   [](connection& db, text x) {
     webhook_deliveries{db}.keep({x, x, x, "{}", 1, 1});
     webhook_deliveries{db}.wait(x, 9, x, x);
     webhook_deliveries{db}.troubled(9);
   },
   nullptr, "operators ask, who serve all"},
  {"webhook_deliveries.retry",
   [](connection& db, text x) { webhook_deliveries{db}.retry(x, 1); }, nullptr,
   is_stripe},
};

const add_methods money{
  {"stripe_accounts.find",
   [](connection& db, text x) { stripe_accounts{db}.find(x); },
   [](connection& db, text org) -> size_t {
     return stripe_accounts{db}.find(org) ? 1 : 0;
   }},
  {"stripe_accounts.resolve",
   [](connection& db, text x) { stripe_accounts{db}.resolve(x, x, x); },
   nullptr, is_stripe},
  {"stripe_accounts.hold",
   [](connection& db, text x) { stripe_accounts{db}.hold(x); },
   [](connection& db, text org) -> size_t {
     stripe_accounts{db}.hold(org);
     return stripe_accounts{db}.find(org) ? 1 : 0; // it holds nothing else
   }},
  {"stripe_accounts.link",
   [](connection& db, text x) {
     stripe_accounts{db}.link("rival", x);
     stripe_accounts{db}.link(x, x);
   },
   [](connection& db, text org) {
     stripe_accounts{db}.link(org, "cus_1"); // which is acme's
     return of_acme(org, stripe_accounts{db}.find(org)->customer_id == "cus_1");
   }},
  {"stripe_accounts.expect_plan",
   [](connection& db, text x) {
     stripe_accounts{db}.expect_plan("acme", x);
     stripe_accounts{db}.expect_plan(x, x + "2");
   },
   [](connection& db, text org) {
     stripe_accounts{db}.expect_plan("acme", "sub_1");
     stripe_accounts{db}.expect_plan(org, "sub_1");
     auto whose = stripe_accounts{db}.resolve("", "sub_1", "");
     return of_acme(org, whose == org);
   }},
  {"stripe_accounts.note_plan",
   [](connection& db, text x) {
     stripe_accounts{db}.note_plan({"sub_1", "acme", x, x, 1}, false);
     stripe_accounts{db}.note_plan({x, "acme", x, x, 1}, false);
     stripe_accounts{db}.note_plan({x + "2", x, x, x, 1}, true);
   },
   [](connection& db, text org) {
     stripe_plan plan{"sub_1", "acme", "PRO", "active", 5};
     stripe_accounts{db}.note_plan(plan, false);
     plan = {"sub_1", org, "STARTER", "active", 6};
     auto known = stripe_accounts{db}.note_plan(plan, false);
     return of_acme(org, known == news::applied);
   }},
  {"stripe_accounts.choose_plan",
   [](connection& db, text x) {
     stripe_accounts{db}.choose_plan(x);
     stripe_accounts{db}.note_plan({"sub_1", "acme", x, "active", 1}, false);
     stripe_accounts{db}.choose_plan("acme");
     stripe_accounts{db}.note_plan({"sub_1", "acme", x, x, 2}, false);
     stripe_accounts{db}.choose_plan("acme");
   },
   [](connection& db, text org) {
     stripe_accounts{db}.note_plan({"sub_1", "acme", "PRO", "active", 5},
                                   false);
     stripe_accounts{db}.choose_plan(org);
     return of_acme(org, stripe_accounts{db}.find("acme")->plan == "PRO");
   }},
  {"stripe_accounts.add_payment",
   [](connection& db, text x) {
     stripe_accounts{db}.add_payment({"in_1", "acme", x, x, 1, x, 1}, 1);
     stripe_accounts{db}.add_payment({x, "acme", x, x, 1, x, 1}, 1);
     stripe_accounts{db}.add_payment({x + "2", x, x, x, 1, x, 1}, 1);
   },
   [](connection& db, text org) {
     stripe_accounts{db}.add_payment({"in_1", "acme", "", "", 9, "eur", 9}, 1);
     stripe_accounts{db}.add_payment({"in_1", org, "", "", 1, "eur", 1}, 1);
     auto paid = stripe_accounts{db}.find_payment("", "", "in_1");
     return of_acme(org, paid->org_id == org);
   }},
  {"stripe_accounts.find_payment",
   [](connection& db, text x) {
     stripe_accounts{db}.find_payment(x, x, x);
     stripe_accounts{db}.add_payment({"in_1", "acme", x, x, 1, x, 1}, 1);
     stripe_accounts{db}.find_payment(x, x, x);
   },
   nullptr, is_stripe},
  {"stripe_accounts.note_refund",
   [](connection& db, text x) {
     stripe_accounts{db}.add_payment({"in_1", "acme", "", "", 9, "eur", 9}, 1);
     stripe_accounts{db}.note_refund("in_1", x, x, 1, 1);
     stripe_accounts{db}.note_refund(x, x, x, 1, 1);
   },
   nullptr, is_stripe},
  {"stripe_accounts.included_seconds",
   [](connection& db, text x) { stripe_accounts{db}.included_seconds(x); },
   nullptr, "plans are the operator's, the same for all"},
};

} // namespace

} // namespace velox::persistence
