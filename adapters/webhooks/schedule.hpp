#pragma once

#include "protocol/outside.hpp"

#include <cstdint>
#include <string>

namespace velox::webhooks {

/// What becomes of a webhook after an attempt (Standard Webhooks, "Retries"):
/// 2xx is delivered; anything else, redirects included, is tried again after
/// 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, then it is dead.
/// 410 ends the endpoint. `chance` from 0 to 1 is the jitter: up to a fifth is
/// added. A Retry-After of 429 and 503 is honoured when it is longer, up to a
/// day.
finish_webhook
after_attempt(const webhook_answered& x, unix_ms now, double chance);

/// How many attempts there are at most.
int64_t most_attempts();

} // namespace velox::webhooks
