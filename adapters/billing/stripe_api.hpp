#pragma once

#include "adapters/net/outbound.hpp"
#include "protocol/form.hpp"

#include <functional>
#include <memory>
#include <string>

namespace velox::billing {

struct stripe_api_options {
  net::outbound_source out;
  std::string base_url = "https://api.stripe.com"; ///< http:// or https://
  std::string secret_key;                          ///< sk_... or rk_...
  /// Before the second attempt; twice that before the third. Half of it is
  /// chance.
  net::milliseconds first_pause{500};
  net::milliseconds longest_pause{5'000}; ///< and of Retry-After
  net::milliseconds answer_timeout{20'000};
};

/// What Stripe said.
struct stripe_reply {
  int status = 0; ///< 0: it could not be reached
  std::string body;
  /// What went wrong, for the log; empty: 2xx. Neither the key nor what was
  /// sent is in it.
  std::string problem;

  bool ok() const { return problem.empty(); }
};

/// Stripe's API, v1. A request is made up to four times as Stripe's own
/// libraries do it: when there was no answer, on 409 and 5xx, on 429, and as
/// Stripe-Should-Retry says. Each POST has an idempotency key, so that an
/// answer that was lost does not do it twice. Any thread.
class stripe_api {
public:
  using done = std::function<void(stripe_reply)>;

  explicit stripe_api(stripe_api_options options);

  /// Without a key of the operator's nothing can be asked.
  bool enabled() const { return !options_->secret_key.empty(); }

  /// `POST path`. The same `idempotency_key` (at most 255 characters) stands
  /// for the same operation for a day. `then` is called once, on any thread.
  void post(const std::string& path, const form& fields,
            std::string idempotency_key, done then) const;

  /// `GET path`, the query included.
  void get(const std::string& path, done then) const;

private:
  std::shared_ptr<const stripe_api_options> options_;
};

} // namespace velox::billing
