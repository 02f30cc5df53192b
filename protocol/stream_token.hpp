#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The signed ticket between the webhook and the media socket. The webhook puts
/// it into the TwiML as a <Parameter>; the socket's `start` frame brings it
/// back. It says which call may open the socket, until when, and once.

namespace velox {

struct stream_token {
  std::string call_id{};
  std::string agent_id{};
  std::string org_id{};
  std::string nonce{};       ///< used once; see `random_hex`
  int64_t expires_at_ms = 0; ///< Unix time
  bool resume = false;       ///< goes on with a call that lost its socket
  bool outbound = false;     ///< we have called them

  bool operator==(const stream_token&) const = default;
};

/// Longest value of a text field, in bytes. It keeps a token under 480
/// characters, for name and value of a <Parameter> share 500.
inline constexpr size_t stream_token_field_limit = 72;

/// The token as URL-safe text, signed with HMAC-SHA256. Throws
/// std::length_error when a field is longer than `stream_token_field_limit`.
std::string
sign_stream_token(const stream_token& token, std::string_view secret);

/// Why a token was refused.
enum class token_error : uint8_t {
  none,
  malformed,     ///< not a token of ours
  bad_signature, ///< signed with another secret, or altered
  expired,       ///< its time is over
};

/// The printed name, such as "bad-signature".
std::string_view to_text(token_error error);

/// Checks `text` and fills `token`. The signature is compared in constant time
/// before anything else is believed. On an error `token` is unchanged. A token
/// is good up to, not at, `expires_at_ms`.
token_error verify_stream_token(std::string_view text, std::string_view secret,
                                int64_t now_ms, stream_token& token);

/// `bytes` random bytes of the system's secure generator, as twice as many
/// lower-case hexadecimal digits. Throws std::runtime_error when the generator
/// fails.
std::string random_hex(size_t bytes);

} // namespace velox
