#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Stripe-Signature (Stripe docs, "Verify webhook signatures"): hexadecimal
/// HMAC-SHA256 over the time and the raw body, keyed with the endpoint's secret
/// as it is written, "whsec_" included.

namespace velox::stripe {

/// What came of checking a signature.
enum class signature_result : uint8_t {
  valid,
  missing,   ///< no header, or no secret configured
  malformed, ///< the header has no time or no v1
  mismatch,  ///< not signed with this secret, or the body was changed
  too_old,   ///< signed longer ago than admitted: perhaps a replay
  too_new,   ///< signed in the future: one of the clocks is wrong
};

/// One sentence for log and answer.
std::string_view to_text(signature_result result);

/// How far the sender's clock may be from ours, in seconds, either way.
inline constexpr int64_t signature_tolerance = 300;

/// The v1 of `body` sent at `time` (Unix seconds, as text).
std::string
sign_v1(std::string_view secret, std::string_view time, std::string_view body);

/// A whole header, "t=...,v1=...", as Stripe sends it.
std::string
signature_header(std::string_view secret, int64_t time, std::string_view body);

/// Checks `header` against the body as it came in, byte for byte. `now` is in
/// Unix seconds. Several v1 are good when one is: Stripe sends two while a
/// secret is being changed.
signature_result
check_signature(std::string_view header, std::string_view secret,
                std::string_view body, int64_t now);

} // namespace velox::stripe
