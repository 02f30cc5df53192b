#include "tests/support/vendors/fake_stripe.hpp"

#include "protocol/json.hpp"
#include "protocol/stripe_form.hpp"

namespace velox::test {

namespace {

std::string error_of(const char* type, const char* code) {
  return json_object{}
    .add("error", json_object{}
                    .add("type", type)
                    .add("code", code)
                    .add("message", "the fake's words, which nobody repeats"))
    .str();
}

/// Stripe reads names with brackets; anything else is a parameter it does not
/// know.
bool well_formed(const form& fields) {
  for (auto& x : fields.fields())
    if (!stripe::name_path(x.name))
      return false;
  return true;
}

} // namespace

fake_stripe::fake_stripe(std::string secret_key)
  : secret_key_(std::move(secret_key)),
    server_(std::make_unique<fake_vendor>(
      [this](const vendor_request& x, vendor_connection& peer) {
        answer(x, peer);
      })) {}

void fake_stripe::next(mischief x) {
  std::lock_guard guard{mutex_};
  mischief_.push_back(std::move(x));
}

void fake_stripe::set_subscription(const std::string& id,
                                   const std::string& json) {
  std::lock_guard guard{mutex_};
  subscriptions_[id] = json;
}

void fake_stripe::set_invoice(const std::string& intent,
                              const std::string& invoice) {
  std::lock_guard guard{mutex_};
  invoices_[intent] = invoice;
}

int fake_stripe::made(const std::string& path) const {
  return static_cast<int>(forms(path).size());
}

std::vector<form> fake_stripe::forms(const std::string& path) const {
  std::lock_guard guard{mutex_};
  auto found = made_.find(path);
  return found == made_.end() ? std::vector<form>{} : found->second;
}

void fake_stripe::answer(const vendor_request& x, vendor_connection& peer) {
  mischief trouble;
  stored result;
  {
    std::lock_guard guard{mutex_};
    if (!mischief_.empty()) {
      trouble = mischief_.front();
      mischief_.erase(mischief_.begin());
    }
    if (x.header("Authorization") != "Bearer " + secret_key_)
      result = {"", 401, error_of("invalid_request_error", "")};
    else if (trouble.busy)
      result = {"", 409, error_of("idempotency_error", "lock_timeout")};
    else if (trouble.status > 0)
      result = {"", trouble.status, error_of("api_error", "")};
    else
      result = x.method == "POST" ? execute(x) : lookup(x);
  }
  if (trouble.lose_answer) {
    peer.reset();
    return;
  }
  std::vector<std::pair<std::string, std::string>> headers{
    {"Content-Type", "application/json"}, {"Request-Id", "req_fake"}};
  if (!trouble.should_retry.empty())
    headers.emplace_back("Stripe-Should-Retry", trouble.should_retry);
  peer.respond(result.status, result.answer, headers);
}

fake_stripe::stored fake_stripe::execute(const vendor_request& x) {
  auto key = x.header("Idempotency-Key");
  auto known = keys_.find(key);
  if (!key.empty() && known != keys_.end()) {
    if (known->second.body_sent != x.path + "?" + x.body)
      return {"", 400, error_of("idempotency_error", "")};
    return known->second;
  }
  form fields;
  if (x.header("Content-Type") != "application/x-www-form-urlencoded"
      || parse_form(x.body, fields) != form_error::none || !well_formed(fields)
      || x.header("Stripe-Version").empty() || key.empty() || key.size() > 255)
    return {"", 400, error_of("invalid_request_error", "parameter_unknown")};
  auto body = make(x.path, fields);
  if (body.empty()) // refused before anything was done: not remembered
    return {"", 400, error_of("invalid_request_error", "parameter_missing")};
  made_[x.path].push_back(fields);
  return keys_[key] = {x.path + "?" + x.body, 200, body};
}

std::string fake_stripe::make(const std::string& path, const form& fields) {
  auto number = std::to_string(made_[path].size() + 1);
  auto host = "https://checkout.stripe.test/";
  if (path == "/v1/customers")
    return json_object{}
      .add("id", "cus_" + number)
      .add("object", "customer")
      .str();
  if (path == "/v1/checkout/sessions") {
    auto line = fields.find("line_items[0][price]")
                  ? fields.get("line_items[0][price]")
                  : fields.get("line_items[0][price_data][unit_amount]");
    if (fields.get("mode").empty() || fields.get("success_url").empty()
        || line.empty())
      return {};
    return json_object{}
      .add("id", "cs_" + number)
      .add("object", "checkout.session")
      .add("status", "open")
      .add("url", host + number)
      .str();
  }
  if (path == "/v1/billing_portal/sessions" && fields.find("customer"))
    return json_object{}
      .add("id", "bps_" + number)
      .add("object", "billing_portal.session")
      .add("url", host + ("portal/" + number))
      .str();
  if (path == "/v1/billing/meter_events"
      && metered_.insert(std::string{fields.get("identifier")}).second)
    return json_object{}.add("object", "billing.meter_event").str();
  return {};
}

fake_stripe::stored fake_stripe::lookup(const vendor_request& x) const {
  constexpr std::string_view subscriptions = "/v1/subscriptions/";
  if (x.path.starts_with(subscriptions)) {
    auto found = subscriptions_.find(x.path.substr(subscriptions.size()));
    if (found != subscriptions_.end())
      return {"", 200, found->second};
  } else if (x.path == "/v1/invoice_payments"
             && x.parameter("payment[type]") == "payment_intent") {
    json_array list;
    auto found = invoices_.find(x.parameter("payment[payment_intent]"));
    if (found != invoices_.end())
      list.add(json_object{}.add("invoice", found->second));
    return {"", 200,
            json_object{}.add("object", "list").add("data", list).str()};
  }
  return {"", 404, error_of("invalid_request_error", "resource_missing")};
}

} // namespace velox::test
