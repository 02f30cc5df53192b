#pragma once

#include <rapidjson/fwd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What Stripe tells us (Stripe API, "Event object"): the few objects that
/// change a plan or a balance, in the shapes from before and after the version
/// of 2025-03-31 ("Basil"), with references as ids or as expanded objects.

namespace velox::stripe {

/// A customer has gone through a payment page (cs_...).
struct checkout_session {
  std::string id;
  std::string mode;           ///< payment, subscription, setup
  std::string payment_status; ///< paid, unpaid, no_payment_required
  std::string customer;
  std::string subscription;
  std::string payment_intent;
  std::string invoice;
  std::string org_id;  ///< metadata[org_id], else client_reference_id
  int64_t minutes = 0; ///< metadata[minutes]; 0: none, or no number
  int64_t amount = 0;  ///< minor units of the currency
  std::string currency;

  /// Whether the money is here, or none was wanted.
  bool paid() const { return payment_status != "unpaid"; }
};

/// One line of an invoice.
struct invoice_line {
  std::string price;
  int64_t amount = 0;
  bool proration = false; ///< corrects a period that was paid for already
};

/// A period of a subscription was paid (in_...).
struct invoice {
  std::string id;
  std::string customer;
  std::string subscription; ///< empty: a single invoice
  std::string payment_intent;
  std::string charge;
  std::string billing_reason;
  std::string org_id; ///< of the subscription's metadata
  int64_t amount_paid = 0;
  std::string currency;
  bool paid = false;
  std::vector<invoice_line> lines;
};

/// A plan (sub_...).
struct subscription {
  std::string id;
  std::string customer;
  std::string status; ///< active, trialing, past_due, unpaid, canceled...
  std::string org_id; ///< metadata[org_id]
  std::vector<std::string> prices;
};

/// A payment, of which a part was given back (ch_...).
struct charge {
  std::string id;
  std::string payment_intent;
  std::string invoice; ///< before Basil only
  std::string customer;
  std::string currency;
  int64_t amount = 0;
  int64_t amount_refunded = 0; ///< of all refunds so far
};

/// One event, read.
struct event {
  std::string id;          ///< evt_...
  std::string type;        ///< "invoice.paid"
  std::string api_version; ///< decides the shape; we read both
  int64_t created = 0;     ///< Unix seconds
  bool livemode = false;
  std::string object_id;
  /// Nothing for the types that change nothing here.
  std::variant<std::monostate, checkout_session, invoice, subscription, charge>
    object;

  bool is_deleted() const { return type == "customer.subscription.deleted"; }
};

/// Reads an event of up to 1 MiB. Returns what is wrong with it, as a sentence
/// that repeats nothing of the body; empty when all is well.
std::string read_event(std::string_view body, event& out);

/// Reads the subscription that `GET /v1/subscriptions/{id}` answers; none when
/// it is anything else.
std::optional<subscription> read_subscription(std::string_view body);

/// The invoice that `GET /v1/invoice_payments` names first; empty: it names
/// none. None when the answer is no such list.
std::optional<std::string> read_invoice_payment(std::string_view body);

/// The text member `name` of an answer such as a session's "url" or "id";
/// empty when there is none.
std::string read_member(std::string_view body, std::string_view name);

} // namespace velox::stripe
