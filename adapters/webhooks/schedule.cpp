#include "adapters/webhooks/schedule.hpp"

#include <algorithm>
#include <array>

namespace velox::webhooks {

namespace {

constexpr int64_t second = 1'000;
constexpr int64_t minute = 60 * second;
constexpr int64_t hour = 60 * minute;

/// Before the second attempt, the third...
constexpr auto waits = std::to_array<int64_t>({
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
});

std::string problem_of(const webhook_answered& x) {
  if (x.status == 0)
    return x.problem;
  auto out = "the receiver answered " + std::to_string(x.status);
  if (x.status >= 300 && x.status < 400)
    out += "; redirects are not followed: set the webhook to its final URL";
  return out;
}

} // namespace

int64_t most_attempts() {
  return static_cast<int64_t>(waits.size()) + 1;
}

finish_webhook
after_attempt(const webhook_answered& x, unix_ms now, double chance) {
  finish_webhook out;
  out.id = x.what.id;
  out.attempt = x.what.attempt;
  out.now = now;
  out.next_attempt_at = now;
  if (x.status >= 200 && x.status < 300) {
    out.status = "delivered";
    return out;
  }
  out.problem = problem_of(x);
  if (x.status == 410) {
    out.status = "dead";
    out.disable_because = "the receiver answered 410: it wants no more";
    return out;
  }
  if (x.what.attempt >= most_attempts()) {
    out.status = "dead";
    return out;
  }
  auto made = std::max<int64_t>(x.what.attempt, 1);
  auto wait = waits[static_cast<size_t>(made - 1)];
  wait += static_cast<int64_t>(static_cast<double>(wait) * chance / 5);
  if (x.status == 429 || x.status == 503)
    wait = std::max(wait, std::min(x.retry_after * second, 24 * hour));
  out.status = "pending";
  out.next_attempt_at = now + wait;
  return out;
}

} // namespace velox::webhooks
