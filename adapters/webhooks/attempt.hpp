#pragma once

#include "adapters/net/outbound.hpp"
#include "protocol/outside.hpp"

#include <functional>
#include <string>
#include <vector>

namespace velox::webhooks {

struct attempt_options {
  std::vector<std::string> secrets; ///< one, or two while it is changed
  int64_t now = 0;                  ///< Unix seconds
  bool public_only = true;
  net::milliseconds answer_timeout{15'000};
};

/// Posts `what` once. `done` is called once, on the outbound's thread. The
/// answer counts as soon as its header is here; its body is not read.
void send_once(const net::outbound_ptr& out, claimed_webhook what,
               const attempt_options& options,
               std::function<void(webhook_answered)> done);

} // namespace velox::webhooks
