#include "adapters/webhooks/attempt.hpp"

#include "protocol/standard_webhooks.hpp"

#include <charconv>
#include <memory>

namespace velox::webhooks {

namespace {

/// Answers are thrown away; more than this is somebody's mischief.
constexpr size_t body_limit = 64 * 1024;

constexpr net::milliseconds connect_timeout{5'000};

int64_t retry_after(const net::response_head& x) {
  auto text = net::find_header(x.headers, "Retry-After");
  int64_t seconds = 0;
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, seconds);
  return error == std::errc{} && stop == end && seconds > 0 ? seconds : 0;
}

/// One attempt under way, on the outbound's thread.
class attempt : public std::enable_shared_from_this<attempt> {
public:
  attempt(net::outbound_ptr out, claimed_webhook what,
          std::function<void(webhook_answered)> done)
    : out_(std::move(out)), done_(std::move(done)) {
    answered_.what = std::move(what);
  }

  void start(net::request x, net::milliseconds patience) {
    auto self = shared_from_this();
    // A receiver may take the request a byte at a time: all of it has an end.
    timer_ = out_->after(patience, [self] {
      self->answered_.problem = "the receiver took longer than it may";
      self->finish();
    });
    net::exchange_handlers hears;
    hears.head = [self](const net::response_head& head) {
      self->answered_.status = head.status;
      self->answered_.retry_after = retry_after(head);
      self->finish();
    };
    hears.failed = [self](const net::error& why) {
      self->answered_.problem = why.why;
      self->finish();
    };
    exchange_ = out_->send(std::move(x), std::move(hears));
  }

private:
  void finish() {
    auto done = std::exchange(done_, nullptr);
    if (!done)
      return;
    timer_.reset();
    if (auto under_way = std::move(exchange_))
      under_way->cancel();
    done(std::move(answered_));
  }

  net::outbound_ptr out_;
  std::function<void(webhook_answered)> done_;
  webhook_answered answered_;
  std::shared_ptr<net::exchange> exchange_;
  std::unique_ptr<net::timer> timer_;
};

} // namespace

void send_once(const net::outbound_ptr& out, claimed_webhook what,
               const attempt_options& options,
               std::function<void(webhook_answered)> done) {
  namespace sw = standard_webhooks;
  net::request x;
  x.method = "POST";
  x.url = what.endpoint.url;
  x.body = sw::payload(what.kind, what.happened_at, what.data);
  auto signed_as = sw::sign(options.secrets, sw::webhook_id(what.event_id),
                            options.now, x.body);
  x.headers = {{"Content-Type", "application/json"},
               {"User-Agent", "Velox-Webhooks/1"},
               {"webhook-id", signed_as.id},
               {"webhook-timestamp", signed_as.timestamp},
               {"webhook-signature", signed_as.signature}};
  x.connect_timeout = std::min(connect_timeout, options.answer_timeout);
  x.header_timeout = options.answer_timeout;
  x.idle_timeout = options.answer_timeout;
  x.body_limit = body_limit;
  x.public_only = options.public_only;
  auto one = std::make_shared<attempt>(out, std::move(what), std::move(done));
  auto patience = x.connect_timeout + options.answer_timeout;
  out->dispatch([one, x = std::move(x), patience] { one->start(x, patience); });
}

} // namespace velox::webhooks
