#include "adapters/billing/stripe_api.hpp"

#include "protocol/stripe_form.hpp"

#include <algorithm>
#include <charconv>
#include <random>

namespace velox::billing {

namespace {

using net::milliseconds;

constexpr int most_attempts = 4;

/// Half to all of it, so that many do not come back at the same moment.
milliseconds with_jitter(milliseconds x) {
  thread_local std::minstd_rand dice{std::random_device{}()};
  std::uniform_int_distribution<int64_t> part{x.count() / 2, x.count()};
  return milliseconds{part(dice)};
}

/// One request and its attempts. Lives on its outbound's thread, kept by the
/// exchange or the timer that is under way.
class operation : public std::enable_shared_from_this<operation> {
public:
  operation(std::shared_ptr<const stripe_api_options> options,
            net::outbound_ptr out, net::request asked, stripe_api::done then)
    : options_(std::move(options)), out_(std::move(out)),
      asked_(std::move(asked)), then_(std::move(then)) {}

  void start() {
    ++attempt_;
    reply_ = {};
    should_retry_.clear();
    retry_after_ = milliseconds{0};
    auto self = shared_from_this();
    net::exchange_handlers hears;
    hears.head = [self](const net::response_head& x) { self->on_head(x); };
    hears.piece = [self](std::string_view x) { self->reply_.body += x; };
    hears.ended = [self] { self->on_answer(); };
    hears.failed = [self](const net::error& x) { self->on_failure(x); };
    exchange_ = out_->send(asked_, std::move(hears));
  }

private:
  void on_head(const net::response_head& x) {
    reply_.status = x.status;
    should_retry_ = net::find_header(x.headers, "Stripe-Should-Retry");
    auto text = net::find_header(x.headers, "Retry-After");
    int64_t seconds = 0;
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    retry_after_
      = std::clamp(milliseconds{std::clamp<int64_t>(seconds, 0, 60) * 1'000},
                   milliseconds{0}, options_->longest_pause);
  }

  void on_answer() {
    auto status = reply_.status;
    if (status >= 200 && status < 300)
      return finish();
    reply_.problem = stripe::describe_refusal(status, reply_.body);
    if (status == 401 || status == 403)
      reply_.problem += ": check STRIPE_SECRET_KEY and its permissions";
    auto again = status == 409 || status == 429 || status >= 500;
    if (should_retry_ == "true" || should_retry_ == "false")
      again = should_retry_ == "true";
    again_or_finish(again);
  }

  void on_failure(const net::error& x) {
    reply_.status = 0;
    reply_.problem = "Stripe cannot be reached: " + x.why;
    // What was sent may have been done: the idempotency key has it done once.
    again_or_finish(x.what != net::failure::stopped
                    && x.what != net::failure::bad_url
                    && x.what != net::failure::untrusted);
  }

  void again_or_finish(bool again) {
    exchange_.reset();
    if (!again || attempt_ >= most_attempts)
      return finish();
    auto pause = std::min(options_->first_pause * (1 << (attempt_ - 1)),
                          options_->longest_pause);
    timer_ = out_->after(std::max(with_jitter(pause), retry_after_),
                         [self = shared_from_this()] {
                           auto fired = std::move(self->timer_);
                           self->start();
                         });
  }

  void finish() {
    exchange_.reset();
    if (auto then = std::exchange(then_, nullptr))
      then(std::move(reply_));
  }

  std::shared_ptr<const stripe_api_options> options_;
  net::outbound_ptr out_;
  const net::request asked_;
  stripe_api::done then_;
  std::shared_ptr<net::exchange> exchange_;
  std::unique_ptr<net::timer> timer_;
  int attempt_ = 0;
  stripe_reply reply_;
  std::string should_retry_;
  milliseconds retry_after_{0};
};

net::request request_to(const stripe_api_options& options,
                        const std::string& method, const std::string& path) {
  net::request x;
  x.method = method;
  x.url = options.base_url;
  while (x.url.ends_with('/'))
    x.url.pop_back();
  x.url += path;
  x.headers = {{"Authorization", "Bearer " + options.secret_key},
               {"Stripe-Version", std::string{stripe::api_version}},
               {"Accept", "application/json"}};
  x.header_timeout = options.answer_timeout;
  x.idle_timeout = options.answer_timeout;
  x.body_limit = 1 << 20;
  return x;
}

void run(const std::shared_ptr<const stripe_api_options>& options,
         net::request x, stripe_api::done then) {
  if (options->secret_key.empty())
    return then({0, "", "Stripe cannot be asked: set STRIPE_SECRET_KEY"});
  auto out = options->out();
  auto one
    = std::make_shared<operation>(options, out, std::move(x), std::move(then));
  out->dispatch([one] { one->start(); });
}

} // namespace

stripe_api::stripe_api(stripe_api_options options)
  : options_(std::make_shared<const stripe_api_options>(std::move(options))) {}

void stripe_api::post(const std::string& path, const form& fields,
                      std::string idempotency_key, done then) const {
  auto x = request_to(*options_, "POST", path);
  x.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  x.headers.emplace_back("Idempotency-Key", std::move(idempotency_key));
  x.body = encode_form(fields);
  run(options_, std::move(x), std::move(then));
}

void stripe_api::get(const std::string& path, done then) const {
  run(options_, request_to(*options_, "GET", path), std::move(then));
}

} // namespace velox::billing
