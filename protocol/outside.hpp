#pragma once

#include "protocol/records.hpp"

#include <caf/atom.hpp>
#include <caf/make_message.hpp> // what errc.hpp needs and does not include
#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// What the engine tells the outside and hears from there beside calls: the
/// money that Stripe collects, and the webhooks of organisations.

namespace velox {

// -- Stripe
// --------------------------------------------------------------------

/// Stripe says that something has happened. Kept before it is answered.
struct keep_stripe_event {
  std::string event_id; ///< evt_...
  std::string kind;     ///< "invoice.paid"
  std::string object_id;
  std::string body;
  int64_t created = 0; ///< by Stripe's clock, Unix seconds
  unix_ms at = 0;
};

/// The event is durable.
struct stripe_event_kept {
  bool fresh = false; ///< false: it was here before
};

/// Carry out an event that was kept: the one named, else whichever is due.
/// What the API has said since may be added.
struct apply_stripe_event {
  unix_ms now = 0;
  std::string event_id;
  std::string subscription; ///< the answer about it, JSON
  std::string invoice_id;   ///< the invoice that was paid; "none": by no one's
};

/// What the API has to be asked before the event can be carried out.
enum class stripe_question : uint8_t { none, subscription, invoice };

/// What became of an event.
struct stripe_event_applied {
  std::string event_id; ///< empty: nothing was due
  std::string kind;
  std::string status;  ///< applied, ignored, waiting, failed
  std::string problem; ///< one sentence for operators
  stripe_question asks = stripe_question::none;
  std::string about; ///< what is asked about: sub_..., pi_...
};

/// The API could not be asked: the event is tried again later.
struct postpone_stripe_event {
  std::string event_id;
  std::string problem;
  unix_ms now = 0;
};

/// An organisation as Stripe and we know it.
struct billing_account {
  std::string org_id;
  std::string name;
  std::string plan;        ///< PREPAID, STARTER...
  std::string status;      ///< of the subscription, Stripe's word
  std::string customer_id; ///< cus_...; empty: none yet
  std::string subscription_id;
  int64_t credit_seconds = 0;
};

struct find_billing_account {
  std::string org_id;
};

/// The organisation has this customer from now on, unless it has one already.
struct link_customer {
  std::string org_id;
  std::string customer_id;
};

// -- webhooks
// ------------------------------------------------------------------

/// Where an organisation hears of its calls. The secrets are sealed: nobody
/// reads them in the database.
struct webhook_endpoint {
  std::string org_id;
  std::string url;
  std::string secret_sealed;
  std::string old_secret_sealed; ///< signs too; empty: none
  std::string disabled_because;  ///< empty: it is used
  unix_ms created_at = 0;
};

/// The organisation's endpoint is this one from now on.
struct put_webhook_endpoint {
  webhook_endpoint endpoint;
};

struct find_webhook_endpoint {
  std::string org_id;
};

/// The organisation is told nothing any more; what waits is given up.
struct delete_webhook_endpoint {
  std::string org_id;
  unix_ms now = 0;
};

/// Take webhooks that are due. Nobody else gets them for `lease` milliseconds.
struct claim_webhooks {
  unix_ms now = 0;
  int64_t lease = 0;
  int64_t limit = 0;
};

/// One attempt that is to be made.
struct claimed_webhook {
  int64_t id = 0;
  std::string event_id;
  std::string kind;
  std::string call_id;
  std::string data; ///< JSON
  unix_ms happened_at = 0;
  int64_t attempt = 0; ///< the number of this one, from 1
  webhook_endpoint endpoint;
};

/// How an attempt ended.
struct finish_webhook {
  int64_t id = 0;
  int64_t attempt = 0; ///< an attempt that lasted too long changes nothing
  std::string status;  ///< delivered, pending (again later), dead
  unix_ms next_attempt_at = 0;
  std::string problem;
  unix_ms now = 0;
  /// The receiver wants no more (410): so much for its endpoint.
  std::string disable_because;
};

/// What has not arrived.
struct webhook_backlog {
  int64_t pending = 0;
  int64_t dead = 0;
};

/// One webhook as operators see it.
struct webhook_record {
  int64_t id = 0;
  std::string org_id;
  std::string event_id;
  std::string kind;
  std::string call_id;
  std::string status;
  int64_t attempts = 0;
  unix_ms next_attempt_at = 0;
  std::string last_problem;
  unix_ms created_at = 0;
};

/// The newest webhooks, or those with a status.
struct list_webhooks {
  std::string org_id; ///< empty: of all
  std::string status; ///< empty: any
  int64_t limit = 100;
};

/// A dead webhook is tried again from the start. Error: not_found.
struct retry_webhook {
  std::string org_id;
  int64_t id = 0;
  unix_ms now = 0;
};

/// One event of Stripe's as operators see it.
struct stripe_event_record {
  std::string event_id;
  std::string kind;
  std::string object_id;
  std::string status;
  int64_t attempts = 0;
  std::string problem;
  unix_ms received_at = 0;
};

/// Events of Stripe's that wait or have failed, newest first.
struct list_stripe_events {
  int64_t limit = 100;
};

/// A failed event is tried again. Error: not_found.
struct retry_stripe_event {
  std::string event_id;
  unix_ms now = 0;
};

/// A caller has left a message with the carrier. Error: not_found when the
/// call and its number are unknown.
struct voicemail_left {
  std::string call_id;
  std::string called;       ///< E.164, for calls that never became one
  std::string recording_id; ///< RE...
  std::string url;
  int64_t seconds = 0;
  unix_ms at = 0;
};

/// What both are stored in; may block, so it has its own thread. Errors of all
/// requests: not_found, store_failed.
using outside_store_actor = caf::typed_actor<
  caf::replies_to<keep_stripe_event>::with<stripe_event_kept>,
  caf::replies_to<apply_stripe_event>::with<stripe_event_applied>,
  caf::reacts_to<postpone_stripe_event>,
  caf::replies_to<list_stripe_events>::with<std::vector<stripe_event_record>>,
  caf::reacts_to<retry_stripe_event>,
  caf::replies_to<find_billing_account>::with<billing_account>,
  caf::replies_to<link_customer>::with<billing_account>,
  caf::reacts_to<put_webhook_endpoint>,
  caf::replies_to<find_webhook_endpoint>::with<webhook_endpoint>,
  caf::reacts_to<delete_webhook_endpoint>,
  caf::replies_to<claim_webhooks>::with<std::vector<claimed_webhook>>,
  caf::reacts_to<finish_webhook>,
  // How much has not arrived?
  caf::replies_to<caf::get_atom>::with<webhook_backlog>,
  caf::replies_to<list_webhooks>::with<std::vector<webhook_record>>,
  caf::reacts_to<retry_webhook>, caf::reacts_to<voicemail_left>>;

/// How the receiver answered an attempt.
struct webhook_answered {
  claimed_webhook what;
  int status = 0;          ///< 0: it did not
  std::string problem;     ///< without an answer: why
  int64_t retry_after = 0; ///< seconds; 0: it did not say
};

/// Delivers what is due.
using webhook_sender_actor = caf::typed_actor<
  // INTERNAL: from the socket.
  caf::reacts_to<webhook_answered>,
  // INTERNAL: it is time to look again.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

/// What Stripe's API has said to a question.
struct stripe_answered {
  std::string event_id;
  stripe_question asked = stripe_question::none;
  std::string answer;  ///< JSON, or the invoice's id
  std::string problem; ///< empty: there is an answer
};

/// Carries out what Stripe has told us.
using stripe_worker_actor = caf::typed_actor<
  // An event has come in.
  caf::reacts_to<caf::put_atom>,
  // INTERNAL: from the API.
  caf::reacts_to<stripe_answered>,
  // INTERNAL: it is time to look again.
  caf::reacts_to<caf::timeout_atom, uint64_t>>;

// -- how CAF prints and carries them
// -------------------------------------------

template <class Inspector>
auto inspect(Inspector& f, keep_stripe_event& x) {
  return f(caf::meta::type_name("keep_stripe_event"), x.event_id, x.kind,
           x.object_id, x.body, x.created, x.at);
}

template <class Inspector>
auto inspect(Inspector& f, stripe_event_kept& x) {
  return f(caf::meta::type_name("stripe_event_kept"), x.fresh);
}

template <class Inspector>
auto inspect(Inspector& f, apply_stripe_event& x) {
  return f(caf::meta::type_name("apply_stripe_event"), x.now, x.event_id,
           x.subscription, x.invoice_id);
}

template <class Inspector>
auto inspect(Inspector& f, stripe_event_applied& x) {
  return f(caf::meta::type_name("stripe_event_applied"), x.event_id, x.kind,
           x.status, x.problem, x.asks, x.about);
}

template <class Inspector>
auto inspect(Inspector& f, postpone_stripe_event& x) {
  return f(caf::meta::type_name("postpone_stripe_event"), x.event_id, x.problem,
           x.now);
}

template <class Inspector>
auto inspect(Inspector& f, billing_account& x) {
  return f(caf::meta::type_name("billing_account"), x.org_id, x.name, x.plan,
           x.status, x.customer_id, x.subscription_id, x.credit_seconds);
}

template <class Inspector>
auto inspect(Inspector& f, find_billing_account& x) {
  return f(caf::meta::type_name("find_billing_account"), x.org_id);
}

template <class Inspector>
auto inspect(Inspector& f, link_customer& x) {
  return f(caf::meta::type_name("link_customer"), x.org_id, x.customer_id);
}

template <class Inspector>
auto inspect(Inspector& f, webhook_endpoint& x) {
  return f(caf::meta::type_name("webhook_endpoint"), x.org_id, x.url,
           x.secret_sealed, x.old_secret_sealed, x.disabled_because,
           x.created_at);
}

template <class Inspector>
auto inspect(Inspector& f, put_webhook_endpoint& x) {
  return f(caf::meta::type_name("put_webhook_endpoint"), x.endpoint);
}

template <class Inspector>
auto inspect(Inspector& f, find_webhook_endpoint& x) {
  return f(caf::meta::type_name("find_webhook_endpoint"), x.org_id);
}

template <class Inspector>
auto inspect(Inspector& f, delete_webhook_endpoint& x) {
  return f(caf::meta::type_name("delete_webhook_endpoint"), x.org_id, x.now);
}

template <class Inspector>
auto inspect(Inspector& f, claim_webhooks& x) {
  return f(caf::meta::type_name("claim_webhooks"), x.now, x.lease, x.limit);
}

template <class Inspector>
auto inspect(Inspector& f, claimed_webhook& x) {
  return f(caf::meta::type_name("claimed_webhook"), x.id, x.event_id, x.kind,
           x.call_id, x.data, x.happened_at, x.attempt, x.endpoint);
}

template <class Inspector>
auto inspect(Inspector& f, finish_webhook& x) {
  return f(caf::meta::type_name("finish_webhook"), x.id, x.attempt, x.status,
           x.next_attempt_at, x.problem, x.now, x.disable_because);
}

template <class Inspector>
auto inspect(Inspector& f, webhook_backlog& x) {
  return f(caf::meta::type_name("webhook_backlog"), x.pending, x.dead);
}

template <class Inspector>
auto inspect(Inspector& f, webhook_record& x) {
  return f(caf::meta::type_name("webhook_record"), x.id, x.org_id, x.event_id,
           x.kind, x.call_id, x.status, x.attempts, x.next_attempt_at,
           x.last_problem, x.created_at);
}

template <class Inspector>
auto inspect(Inspector& f, list_webhooks& x) {
  return f(caf::meta::type_name("list_webhooks"), x.org_id, x.status, x.limit);
}

template <class Inspector>
auto inspect(Inspector& f, retry_webhook& x) {
  return f(caf::meta::type_name("retry_webhook"), x.org_id, x.id, x.now);
}

template <class Inspector>
auto inspect(Inspector& f, stripe_event_record& x) {
  return f(caf::meta::type_name("stripe_event_record"), x.event_id, x.kind,
           x.object_id, x.status, x.attempts, x.problem, x.received_at);
}

template <class Inspector>
auto inspect(Inspector& f, list_stripe_events& x) {
  return f(caf::meta::type_name("list_stripe_events"), x.limit);
}

template <class Inspector>
auto inspect(Inspector& f, retry_stripe_event& x) {
  return f(caf::meta::type_name("retry_stripe_event"), x.event_id, x.now);
}

template <class Inspector>
auto inspect(Inspector& f, voicemail_left& x) {
  return f(caf::meta::type_name("voicemail_left"), x.call_id, x.called,
           x.recording_id, x.url, x.seconds, x.at);
}

template <class Inspector>
auto inspect(Inspector& f, webhook_answered& x) {
  return f(caf::meta::type_name("webhook_answered"), x.what, x.status,
           x.problem, x.retry_after);
}

template <class Inspector>
auto inspect(Inspector& f, stripe_answered& x) {
  return f(caf::meta::type_name("stripe_answered"), x.event_id, x.asked,
           x.answer, x.problem);
}

} // namespace velox

// A block of its own, far behind the other, so that a new message here does
// not have the whole engine compiled anew.
CAF_BEGIN_TYPE_ID_BLOCK(velox_outside, first_custom_type_id + 1000)

  CAF_ADD_TYPE_ID(velox_outside, (velox::keep_stripe_event))
  CAF_ADD_TYPE_ID(velox_outside, (velox::stripe_event_kept))
  CAF_ADD_TYPE_ID(velox_outside, (velox::apply_stripe_event))
  CAF_ADD_TYPE_ID(velox_outside, (velox::stripe_question))
  CAF_ADD_TYPE_ID(velox_outside, (velox::stripe_event_applied))
  CAF_ADD_TYPE_ID(velox_outside, (velox::postpone_stripe_event))
  CAF_ADD_TYPE_ID(velox_outside, (velox::billing_account))
  CAF_ADD_TYPE_ID(velox_outside, (velox::find_billing_account))
  CAF_ADD_TYPE_ID(velox_outside, (velox::link_customer))
  CAF_ADD_TYPE_ID(velox_outside, (velox::webhook_endpoint))
  CAF_ADD_TYPE_ID(velox_outside, (velox::put_webhook_endpoint))
  CAF_ADD_TYPE_ID(velox_outside, (velox::find_webhook_endpoint))
  CAF_ADD_TYPE_ID(velox_outside, (velox::delete_webhook_endpoint))
  CAF_ADD_TYPE_ID(velox_outside, (velox::claim_webhooks))
  CAF_ADD_TYPE_ID(velox_outside, (velox::claimed_webhook))
  CAF_ADD_TYPE_ID(velox_outside, (velox::finish_webhook))
  CAF_ADD_TYPE_ID(velox_outside, (velox::webhook_backlog))
  CAF_ADD_TYPE_ID(velox_outside, (velox::webhook_record))
  CAF_ADD_TYPE_ID(velox_outside, (velox::list_webhooks))
  CAF_ADD_TYPE_ID(velox_outside, (velox::retry_webhook))
  CAF_ADD_TYPE_ID(velox_outside, (velox::stripe_event_record))
  CAF_ADD_TYPE_ID(velox_outside, (velox::list_stripe_events))
  CAF_ADD_TYPE_ID(velox_outside, (velox::retry_stripe_event))
  CAF_ADD_TYPE_ID(velox_outside, (velox::voicemail_left))
  CAF_ADD_TYPE_ID(velox_outside, (velox::webhook_answered))
  CAF_ADD_TYPE_ID(velox_outside, (velox::stripe_answered))
  CAF_ADD_TYPE_ID(velox_outside, (std::vector<velox::claimed_webhook>))
  CAF_ADD_TYPE_ID(velox_outside, (std::vector<velox::webhook_record>))
  CAF_ADD_TYPE_ID(velox_outside, (std::vector<velox::stripe_event_record>))

CAF_END_TYPE_ID_BLOCK(velox_outside)
