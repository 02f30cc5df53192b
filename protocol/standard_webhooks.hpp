#pragma once

#include "protocol/records.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Standard Webhooks 1.0 (standardwebhooks.com): how we sign what we tell
/// organisations. HMAC-SHA256 over id, time and body, keyed with the bytes
/// behind "whsec_".

namespace velox::standard_webhooks {

/// The headers of one attempt.
struct headers {
  std::string id;        ///< webhook-id: of the event, the same every time
  std::string timestamp; ///< webhook-timestamp: of the attempt, Unix seconds
  std::string signature; ///< webhook-signature: "v1,... v1,..."
};

/// A fresh secret, "whsec_" and 32 random bytes in base64.
std::string make_secret();

/// True for "whsec_" and 24 to 64 bytes in base64.
bool is_secret(std::string_view text);

/// `event_id` as an id that may be signed: it holds no full stop.
std::string webhook_id(std::string_view event_id);

/// Signs `body` at `now` (Unix seconds) with each of `secrets`: while one is
/// being changed there are two. Throws std::invalid_argument for what is no
/// secret and for an id with a full stop.
headers sign(const std::vector<std::string>& secrets, std::string_view id,
             int64_t now, std::string_view body);

/// What came of checking a signature.
enum class verdict : uint8_t { valid, malformed, mismatch, too_old, too_new };

/// Checks what was signed; good when one of the signatures is. The time may be
/// five minutes off, either way.
verdict verify(std::string_view secret, const headers& given,
               std::string_view body, int64_t now);

/// The body that is sent: {"type":...,"timestamp":...,"data":...}. `data` is
/// JSON already.
std::string payload(std::string_view type, unix_ms at, std::string_view data);

/// RFC 3339 in UTC with milliseconds, "2026-01-01T00:00:00.000Z".
std::string rfc3339(unix_ms at);

} // namespace velox::standard_webhooks
