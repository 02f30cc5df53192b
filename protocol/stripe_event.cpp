#include "protocol/stripe_event.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <initializer_list>

namespace velox::stripe {

namespace {

using value = rapidjson::Value;

constexpr size_t longest_body = 1 << 20;

/// Longer texts are no ids, statuses or currencies of Stripe's.
constexpr size_t longest_text = 255;

std::string text_of(const value& object, std::string_view name) {
  auto text = json_text(object, name).value_or("");
  return text.size() <= longest_text ? std::string{text} : std::string{};
}

int64_t number_of(const value& object, std::string_view name) {
  return json_integer(object, name).value_or(0);
}

/// The member at the end of `path`; null when one of them is missing.
const value*
member_at(const value& object, std::initializer_list<std::string_view> path) {
  const auto* at = &object;
  for (auto name : path)
    if (at = json_member(*at, name); !at)
      return nullptr;
  return at;
}

/// A reference: an id, or the object itself, which has one.
std::string id_of(const value* reference) {
  if (!reference)
    return {};
  if (reference->IsString() && reference->GetStringLength() <= longest_text)
    return {reference->GetString(), reference->GetStringLength()};
  return reference->IsObject() ? text_of(*reference, "id") : std::string{};
}

std::string
id_at(const value& object, std::initializer_list<std::string_view> path) {
  return id_of(member_at(object, path));
}

std::string first_of(std::string a, std::string b) {
  return a.empty() ? b : a;
}

/// Who it is for, as we have written it into `metadata`.
std::string
org_of(const value& object, std::initializer_list<std::string_view> path) {
  const auto* metadata = member_at(object, path);
  return metadata ? text_of(*metadata, "org_id") : std::string{};
}

checkout_session read_session(const value& x) {
  checkout_session out;
  out.id = text_of(x, "id");
  out.mode = text_of(x, "mode");
  out.payment_status = text_of(x, "payment_status");
  out.customer = id_at(x, {"customer"});
  out.subscription = id_at(x, {"subscription"});
  out.payment_intent = id_at(x, {"payment_intent"});
  out.invoice = id_at(x, {"invoice"});
  out.org_id
    = first_of(org_of(x, {"metadata"}), text_of(x, "client_reference_id"));
  if (const auto* metadata = json_member(x, "metadata"))
    out.minutes = number_of(*metadata, "minutes");
  out.amount = number_of(x, "amount_total");
  out.currency = text_of(x, "currency");
  return out;
}

invoice_line read_line(const value& x) {
  invoice_line out;
  out.price = first_of(id_at(x, {"pricing", "price_details", "price"}),
                       id_at(x, {"price"}));
  out.amount = number_of(x, "amount");
  const auto* details = member_at(x, {"parent", "subscription_item_details"});
  out.proration
    = json_bool(x, "proration").value_or(false)
      || (details && json_bool(*details, "proration").value_or(false));
  return out;
}

/// The first payment of the list that newer versions show when it is expanded.
void read_payments(const value& x, invoice& out) {
  const auto* list = member_at(x, {"payments", "data"});
  if (!list || !list->IsArray())
    return;
  for (const auto& item : list->GetArray()) {
    out.payment_intent = first_of(out.payment_intent,
                                  id_at(item, {"payment", "payment_intent"}));
    out.charge = first_of(out.charge, id_at(item, {"payment", "charge"}));
  }
}

invoice read_invoice(const value& x) {
  invoice out;
  out.id = text_of(x, "id");
  out.customer = id_at(x, {"customer"});
  out.subscription
    = first_of(id_at(x, {"parent", "subscription_details", "subscription"}),
               id_at(x, {"subscription"}));
  out.payment_intent = id_at(x, {"payment_intent"});
  out.charge = id_at(x, {"charge"});
  read_payments(x, out);
  out.billing_reason = text_of(x, "billing_reason");
  out.org_id
    = first_of(org_of(x, {"parent", "subscription_details", "metadata"}),
               first_of(org_of(x, {"subscription_details", "metadata"}),
                        org_of(x, {"metadata"})));
  out.amount_paid = number_of(x, "amount_paid");
  out.currency = text_of(x, "currency");
  out.paid
    = text_of(x, "status") == "paid" || json_bool(x, "paid").value_or(false);
  const auto* lines = member_at(x, {"lines", "data"});
  if (lines && lines->IsArray())
    for (const auto& line : lines->GetArray())
      out.lines.push_back(read_line(line));
  return out;
}

subscription read_plan(const value& x) {
  subscription out;
  out.id = text_of(x, "id");
  out.customer = id_at(x, {"customer"});
  out.status = text_of(x, "status");
  out.org_id = org_of(x, {"metadata"});
  const auto* items = member_at(x, {"items", "data"});
  if (items && items->IsArray())
    for (const auto& item : items->GetArray())
      if (auto price = id_at(item, {"price"}); !price.empty())
        out.prices.push_back(std::move(price));
  return out;
}

charge read_charge(const value& x) {
  charge out;
  out.id = text_of(x, "id");
  out.payment_intent = id_at(x, {"payment_intent"});
  out.invoice = id_at(x, {"invoice"});
  out.customer = id_at(x, {"customer"});
  out.currency = text_of(x, "currency");
  out.amount = number_of(x, "amount");
  out.amount_refunded = number_of(x, "amount_refunded");
  return out;
}

void read_object(const value& x, event& out) {
  out.object_id = text_of(x, "id");
  auto& type = out.type;
  if (type == "checkout.session.completed"
      || type == "checkout.session.async_payment_succeeded")
    out.object = read_session(x);
  else if (type == "invoice.paid" || type == "invoice.payment_succeeded")
    out.object = read_invoice(x);
  else if (type == "customer.subscription.created"
           || type == "customer.subscription.updated"
           || type == "customer.subscription.deleted")
    out.object = read_plan(x);
  else if (type == "charge.refunded")
    out.object = read_charge(x);
}

bool parse(std::string_view body, rapidjson::Document& out) {
  return body.size() <= longest_body && read_json(body, out) == json_error::none
         && out.IsObject();
}

} // namespace

std::string read_event(std::string_view body, event& out) {
  rapidjson::Document document;
  if (!parse(body, document))
    return "the body is no JSON object";
  auto kind = text_of(document, "object");
  if (kind.starts_with("v2."))
    return "this is a thin event (v2.core.event), which says nothing of its "
           "object; add a destination with the payload style 'snapshot'";
  if (kind != "event")
    return "the body is no event of Stripe's: 'object' is not 'event'";
  event result;
  result.id = text_of(document, "id");
  result.type = text_of(document, "type");
  result.api_version = text_of(document, "api_version");
  result.created = number_of(document, "created");
  result.livemode = json_bool(document, "livemode").value_or(false);
  const auto* object = member_at(document, {"data", "object"});
  if (result.id.empty() || result.type.empty() || result.created <= 0)
    return "the event has no 'id', 'type' or 'created'";
  if (!object || !object->IsObject())
    return "the event has no 'data.object'";
  read_object(*object, result);
  if (result.object.index() != 0 && result.object_id.empty())
    return "the event's object has no 'id'";
  out = std::move(result);
  return {};
}

std::optional<subscription> read_subscription(std::string_view body) {
  rapidjson::Document document;
  if (!parse(body, document) || text_of(document, "object") != "subscription")
    return std::nullopt;
  auto out = read_plan(document);
  if (out.id.empty() || out.status.empty())
    return std::nullopt;
  return out;
}

std::optional<std::string> read_invoice_payment(std::string_view body) {
  rapidjson::Document document;
  if (!parse(body, document))
    return std::nullopt;
  const auto* list = json_member(document, "data");
  if (!list || !list->IsArray())
    return std::nullopt;
  for (const auto& item : list->GetArray())
    if (auto id = id_at(item, {"invoice"}); !id.empty())
      return id;
  return std::string{};
}

std::string read_member(std::string_view body, std::string_view name) {
  rapidjson::Document document;
  if (!parse(body, document))
    return {};
  return std::string{json_text(document, name).value_or("")};
}

} // namespace velox::stripe
