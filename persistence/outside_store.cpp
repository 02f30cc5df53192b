#include "persistence/outside_store.hpp"

#include "persistence/outbox.hpp"
#include "persistence/stripe_inbox.hpp"
#include "persistence/voicemail.hpp"
#include "persistence/webhook_deliveries.hpp"
#include "persistence/webhook_endpoints.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>

namespace velox::persistence {

namespace {

struct outside_store_state {
  static inline const char* name = "outside-store";

  std::optional<database_session> session;
  stripe_catalogue sold;

  /// The answer of `work`, or what went wrong.
  template <class F>
  auto ask(F work) {
    return session->run(work);
  }

  /// The same for orders without an answer.
  template <class F>
  caf::result<void> order(F work) {
    return session->run([&](connection& db) {
      work(db);
      return caf::unit;
    });
  }
};

using pointer = outside_store_actor::stateful_pointer<outside_store_state>;

billing_account account_of(connection& db, const std::string& org_id) {
  auto found = stripe_accounts{db}.find(org_id);
  if (!found)
    throw not_found{"there is no such organisation"};
  return *found;
}

billing_account linked(connection& db, const link_customer& x) {
  transaction all{db};
  stripe_accounts{db}.link(x.org_id, x.customer_id);
  auto result = account_of(db, x.org_id);
  all.commit();
  return result;
}

outside_store_actor::behavior_type
outside_store(pointer self, const database_options& options,
              const stripe_catalogue& sold) {
  auto& s = self->state;
  s.session.emplace("outside-store", options);
  s.sold = sold;
  return {
    [&s](const keep_stripe_event& x) {
      return s.ask([&](connection& db) {
        return stripe_inbox{db, s.sold}.keep(x);
      });
    },
    [&s](const apply_stripe_event& x) {
      return s.ask([&](connection& db) {
        return stripe_inbox{db, s.sold}.apply(x);
      });
    },
    [&s](const postpone_stripe_event& x) {
      return s.order([&](connection& db) {
        stripe_inbox{db, s.sold}.postpone(x);
      });
    },
    [&s](const list_stripe_events& x) {
      return s.ask([&](connection& db) {
        return webhook_deliveries{db}.troubled(x.limit);
      });
    },
    [&s](const retry_stripe_event& x) {
      return s.order([&](connection& db) {
        webhook_deliveries{db}.retry(x.event_id, x.now);
      });
    },
    [&s](const find_billing_account& x) {
      return s.ask([&](connection& db) { return account_of(db, x.org_id); });
    },
    [&s](const link_customer& x) {
      return s.ask([&](connection& db) { return linked(db, x); });
    },
    [&s](const put_webhook_endpoint& x) {
      return s.order(
        [&](connection& db) { webhook_endpoints{db}.put(x.endpoint); });
    },
    [&s](const find_webhook_endpoint& x) {
      return s.ask(
        [&](connection& db) { return webhook_endpoints{db}.find(x.org_id); });
    },
    [&s](const delete_webhook_endpoint& x) {
      return s.order(
        [&](connection& db) { webhook_endpoints{db}.remove(x.org_id, x.now); });
    },
    [&s](const claim_webhooks& x) {
      return s.ask([&](connection& db) { return outbox{db}.claim(x); });
    },
    [&s](const finish_webhook& x) {
      return s.order([&](connection& db) { outbox{db}.finish(x); });
    },
    [&s](caf::get_atom) {
      return s.ask([&](connection& db) { return outbox{db}.backlog(); });
    },
    [&s](const list_webhooks& x) {
      return s.ask([&](connection& db) { return outbox{db}.list(x); });
    },
    [&s](const retry_webhook& x) {
      return s.order([&](connection& db) { outbox{db}.retry(x); });
    },
    [&s](const voicemail_left& x) {
      return s.order([&](connection& db) { store_voicemail(db, x); });
    },
  };
}

} // namespace

outside_store_actor
spawn_outside_store(caf::actor_system& sys, const database_options& options,
                    const stripe_catalogue& sold) {
  return sys.spawn<caf::detached>(outside_store, options, sold);
}

} // namespace velox::persistence
