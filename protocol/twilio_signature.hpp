#pragma once

#include "protocol/form.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// X-Twilio-Signature (Twilio docs, "Webhooks security"; variants as in
/// twilio-node's validator): base64 of HMAC-SHA1, keyed with the account's auth
/// token, over the public URL and the posted fields. URLs must be those that
/// the carrier used, behind a proxy the outside ones.

namespace velox {

/// What came of checking a signature.
enum class signature_result : uint8_t {
  valid,
  missing,            ///< no signature, or no token configured
  mismatch,           ///< not signed with this token for this URL
  body_hash_mismatch, ///< the URL is signed, the body is not what it names
};

/// The printed name, such as "body-hash-mismatch".
std::string_view to_text(signature_result result);

/// The signature of a request: `url` as it is, followed by the fields (sorted
/// by name; of repeated names each value once, sorted). GET requests and
/// WebSocket upgrades have no fields.
std::string sign_twilio_request(std::string_view auth_token,
                                std::string_view url, const form& fields = {});

/// Lower-case hexadecimal SHA-256, as in the query item bodySHA256.
std::string sha256_hex(std::string_view data);

/// A webhook as it arrived.
struct twilio_request {
  std::string_view url;          ///< public URL with query string
  std::string_view signature;    ///< X-Twilio-Signature; empty when missing
  std::string_view method;       ///< "GET" or "POST"
  std::string_view content_type; ///< of the body
  std::string_view body;         ///< raw
};

/// Checks a webhook of any kind: GET, POSTed form, or a body named by
/// bodySHA256 in the URL. A body that no rule covers is a
/// `body_hash_mismatch`. The URL is tried with and without its port, and with
/// its query encoded the old way.
signature_result check_twilio_request(std::string_view auth_token,
                                      const twilio_request& request);

/// Checks a form that was parsed already.
signature_result
check_twilio_form(std::string_view auth_token, std::string_view signature,
                  std::string_view url, const form& fields);

/// Checks a body that the URL names by bodySHA256.
signature_result
check_twilio_body(std::string_view auth_token, std::string_view signature,
                  std::string_view url, std::string_view body);

/// Checks the upgrade of a media socket: `url` is tried as wss and https (ws
/// and http), with and without port and trailing slash.
signature_result
check_twilio_upgrade(std::string_view auth_token, std::string_view signature,
                     std::string_view url);

} // namespace velox
