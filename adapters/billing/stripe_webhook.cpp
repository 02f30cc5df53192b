#include "adapters/billing/stripe_webhook.hpp"

#include "adapters/http/ask.hpp"
#include "config/log.hpp"
#include "protocol/json.hpp"
#include "protocol/stripe_event.hpp"
#include "protocol/stripe_signature.hpp"
#include "protocol/type_ids.hpp"

#include <caf/send.hpp>

#include <memory>

namespace velox::billing {

namespace {

/// Stripe gives up after 20 seconds or so.
constexpr caf::timespan patience = std::chrono::seconds{10};

http::response refusal(std::string_view message, std::string_view fix) {
  return http::error_response(400, "bad_event", message, fix);
}

void receive(caf::actor_system& sys, const stripe_webhook_options& options,
             const http::request& x, const http::responder& answer) {
  auto now = options.time_of_day();
  auto header = x.headers.get("Stripe-Signature").value_or("");
  auto checked
    = stripe::check_signature(header, options.secret, x.body, now / 1'000);
  if (checked != stripe::signature_result::valid) {
    auto why = options.secret.empty()
                 ? std::string_view{"no event is accepted without "
                                    "STRIPE_WEBHOOK_SECRET, which is not set"}
                 : stripe::to_text(checked);
    config::log().warn("An event of Stripe's was refused. why={}", why);
    return answer(refusal(why, "check STRIPE_WEBHOOK_SECRET (the endpoint's "
                               "own, not that of 'stripe listen'), the clock, "
                               "and that no proxy changes the body"));
  }
  stripe::event read;
  if (auto problem = stripe::read_event(x.body, read); !problem.empty()) {
    config::log().warn("An event of Stripe's cannot be read. why={}", problem);
    return answer(refusal(problem, "see docs/stripe.md for the endpoint's "
                                   "settings in Stripe"));
  }
  auto on_kept = [answer,
                  worker = options.worker](const stripe_event_kept& kept) {
    if (kept.fresh && worker)
      caf::anon_send(worker, caf::put_atom_v);
    answer(http::json_response(200, json_object{}.add("received", true).str()));
  };
  auto on_error = [answer](const caf::error&) {
    answer(http::error_response(503, "unavailable",
                                "The event could not be stored.",
                                "Send it again later."));
  };
  http::ask(sys, options.store, patience, on_kept, on_error,
            keep_stripe_event{read.id, read.type, read.object_id, x.body,
                              read.created, now});
}

} // namespace

void add_stripe_webhook(http::router& routes, caf::actor_system& sys,
                        const stripe_webhook_options& options) {
  auto shared = std::make_shared<const stripe_webhook_options>(options);
  routes.post("/stripe/webhook", [&sys, shared](const http::request& x,
                                                const http::responder& answer) {
    receive(sys, *shared, x, answer);
  });
}

} // namespace velox::billing
