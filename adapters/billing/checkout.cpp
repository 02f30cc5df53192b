#include "adapters/billing/checkout.hpp"

#include "adapters/console/admin_key.hpp"
#include "adapters/http/ask.hpp"
#include "config/log.hpp"
#include "protocol/errc.hpp"
#include "protocol/json.hpp"
#include "protocol/stream_token.hpp" // random_hex
#include "protocol/stripe_event.hpp"
#include "protocol/stripe_form.hpp"
#include "protocol/twilio_signature.hpp" // sha256_hex
#include "protocol/type_ids.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace velox::billing {

namespace {

constexpr caf::timespan patience = std::chrono::seconds{10};
constexpr int64_t most_minutes = 1'000'000;

/// An API call of ours may take four attempts.
constexpr http::route_options slow_route{std::chrono::seconds{100}};

/// One request of a client.
struct question {
  http::responder answer;
  std::string org_id;
  std::string plan;
  int64_t minutes = 0;
  std::string operation; ///< stands for this request in idempotency keys
};

using question_ptr = std::shared_ptr<const question>;

http::response bad_request(std::string_view message, std::string_view fix) {
  return http::error_response(400, "bad_request", message, fix);
}

class counter : public std::enable_shared_from_this<counter> {
public:
  counter(caf::actor_system& sys, checkout_options options)
    : sys_(sys), options_(std::move(options)) {}

  void checkout(const http::request& x, const http::responder& answer) {
    auto q = read(x, answer);
    if (!q)
      return;
    if (auto problem = order_problem(*q); problem)
      return answer(std::move(*problem));
    with_customer(q, [me = shared_from_this(), q](const std::string& customer) {
      me->open_checkout(q, customer);
    });
  }

  void portal(const http::request& x, const http::responder& answer) {
    auto q = read(x, answer);
    if (!q)
      return;
    with_customer(q, [me = shared_from_this(), q](const std::string& customer) {
      me->options_.api.post(
        "/v1/billing_portal/sessions",
        stripe::portal_form(customer, me->options_.cancel_url),
        "velox-portal-" + q->operation,
        [q](const stripe_reply& reply) { hand_over(*q, reply); });
    });
  }

  void events(const http::request&, const http::responder& answer) {
    auto on_list = [answer](const std::vector<stripe_event_record>& all) {
      json_array list;
      for (auto& x : all)
        list.add(json_object{}
                   .add("event_id", x.event_id)
                   .add("type", x.kind)
                   .add("object_id", x.object_id)
                   .add("status", x.status)
                   .add("attempts", x.attempts)
                   .add("problem", x.problem)
                   .add("received_at", x.received_at));
      answer(http::json_response(200, json_object{}.add("events", list).str()));
    };
    http::ask(sys_, options_.store, patience, on_list, unavailable(answer),
              list_stripe_events{100});
  }

  void retry(const http::request& x, const http::responder& answer) {
    http::ask(
      sys_, options_.store, patience,
      [answer] {
        answer(http::json_response(200, json_object{}.add("ok", true).str()));
      },
      unavailable(answer),
      retry_stripe_event{x.params.at("id"), options_.time_of_day()});
  }

private:
  static std::function<void(const caf::error&)>
  unavailable(const http::responder& answer) {
    return [answer](const caf::error& why) {
      if (why == errc::not_found)
        answer(http::error_response(404, "not_found", "There is no such thing.",
                                    "Check the id; see 'velox org list' and "
                                    "'velox ctl stripe-events'."));
      else
        answer(http::error_response(503, "unavailable",
                                    "The database does not answer.",
                                    "Try again; see GET /readyz."));
    };
  }

  question_ptr read(const http::request& x, const http::responder& answer) {
    if (!options_.api.enabled()) {
      answer(http::error_response(501, "billing_off",
                                  "This engine sells nothing: there is no key "
                                  "for Stripe.",
                                  "Set STRIPE_SECRET_KEY and the price ids; "
                                  "see docs/stripe.md."));
      return nullptr;
    }
    rapidjson::Document body;
    if (read_json(x.body, body) != json_error::none || !body.IsObject()) {
      answer(bad_request("The body is no JSON object.",
                         R"(Send {"org_id": "...", "plan": "PRO"}.)"));
      return nullptr;
    }
    question q{answer, std::string{json_text(body, "org_id").value_or("")},
               std::string{json_text(body, "plan").value_or("")},
               json_integer(body, "minutes").value_or(0), random_hex(16)};
    if (q.org_id.empty()) {
      answer(bad_request("org_id is missing.",
                         "Name the organisation; see 'velox org list'."));
      return nullptr;
    }
    // The client's own key, without what a header may not hold.
    if (auto given = x.headers.get("Idempotency-Key"))
      q.operation = sha256_hex(q.org_id + '\n' + std::string{*given});
    return std::make_shared<const question>(std::move(q));
  }

  /// What is wrong with what is to be bought.
  std::optional<http::response> order_problem(const question& q) const {
    if (q.plan.empty() == (q.minutes == 0))
      return bad_request("Either plan or minutes is to be bought.",
                         "Send one of the two.");
    if (!q.plan.empty()) {
      auto found = options_.prices.find(q.plan);
      if (found == options_.prices.end())
        return bad_request("There is no such plan.",
                           "It is one of STARTER, PRO and ENTERPRISE.");
      if (found->second.empty())
        return http::error_response(501, "billing_off",
                                    "The plan has no price.",
                                    "Set STRIPE_" + q.plan + "_PRICE_ID.");
    } else if (options_.minute_price == 0) {
      return http::error_response(501, "billing_off",
                                  "Minutes are sold with plans only.",
                                  "Set stripe.minute_price.");
    } else if (q.minutes < 1 || q.minutes > most_minutes) {
      return bad_request("minutes is out of range.",
                         "Buy 1 to 1,000,000 minutes.");
    }
    if (options_.success_url.empty() || options_.cancel_url.empty())
      return http::error_response(
        501, "billing_off", "There is no page to come back to after paying.",
        "Set stripe.success_url and stripe.cancel_url, or server.public_url.");
    return std::nullopt;
  }

  /// Goes on with the organisation's customer, which is made when there is
  /// none. Two who make it at once get the same one: their key is the same.
  void with_customer(const question_ptr& q,
                     std::function<void(const std::string&)> then) {
    auto me = shared_from_this();
    auto on_account = [me, q, then](const billing_account& x) {
      if (!x.customer_id.empty())
        return then(x.customer_id);
      auto fields = stripe::customer_form(x.org_id, x.name);
      auto key
        = "velox-customer-" + sha256_hex(encode_form(fields)).substr(0, 32);
      auto on_made = [me, q, then](const stripe_reply& reply) {
        auto id = stripe::read_member(reply.body, "id");
        if (!reply.ok() || id.empty())
          return refuse(*q, reply);
        http::ask(
          me->sys_, me->options_.store, patience,
          [then](const billing_account& now) { then(now.customer_id); },
          unavailable(q->answer), link_customer{q->org_id, id});
      };
      me->options_.api.post("/v1/customers", fields, key, on_made);
    };
    http::ask(sys_, options_.store, patience, on_account,
              unavailable(q->answer), find_billing_account{q->org_id});
  }

  void open_checkout(const question_ptr& q, const std::string& customer) {
    stripe::checkout_order order;
    order.org_id = q->org_id;
    order.customer = customer;
    if (!q->plan.empty())
      order.price = options_.prices.at(q->plan);
    order.minutes = q->minutes;
    order.minute_price = options_.minute_price;
    order.currency = options_.currency;
    order.success_url = options_.success_url;
    order.cancel_url = options_.cancel_url;
    options_.api.post("/v1/checkout/sessions", stripe::checkout_form(order),
                      "velox-checkout-" + q->operation,
                      [q](const stripe_reply& x) { hand_over(*q, x); });
  }

  static void hand_over(const question& q, const stripe_reply& reply) {
    auto url = stripe::read_member(reply.body, "url");
    if (!reply.ok() || url.empty())
      return refuse(q, reply);
    q.answer(http::json_response(
      200, json_object{}
             .add("url", url)
             .add("session_id", stripe::read_member(reply.body, "id"))
             .str()));
  }

  static void refuse(const question& q, const stripe_reply& reply) {
    auto why = reply.problem.empty() ? "Stripe's answer cannot be read"
                                     : reply.problem;
    config::log().error("Stripe opened no page. organisation={} why={}",
                        config::field(q.org_id), config::field(why));
    q.answer(http::error_response(502, "stripe_failed", why,
                                  "Try again with the same Idempotency-Key; "
                                  "see docs/stripe.md."));
  }

  caf::actor_system& sys_;
  checkout_options options_;
};

} // namespace

void add_checkout(http::router& routes, caf::actor_system& sys,
                  const checkout_options& options, std::string admin_key) {
  auto all = std::make_shared<counter>(sys, options);
  auto add = [&](const char* method, const std::string& path, auto what) {
    auto handle = [all, what](const http::request& x, http::responder answer) {
      ((*all).*what)(x, answer);
    };
    routes.add(method, "/api/v1" + path,
               console::with_admin_key(admin_key, handle), slow_route);
    routes.alias("/api" + path, "/api/v1" + path);
  };
  add("POST", "/billing/checkout", &counter::checkout);
  add("POST", "/billing/portal", &counter::portal);
  add("GET", "/billing/events", &counter::events);
  add("POST", "/billing/events/{id}/retry", &counter::retry);
}

} // namespace velox::billing
