#include "protocol/stripe_signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <vector>

namespace velox::stripe {

namespace {

/// A header of Stripe's has one or two v1; more is somebody trying.
constexpr size_t most_signatures = 16;

/// What the header says.
struct signed_at {
  std::string_view time;
  std::vector<std::string_view> v1;
};

signed_at read_header(std::string_view header) {
  signed_at out;
  while (!header.empty()) {
    auto end = std::min(header.find(','), header.size());
    auto part = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (part.starts_with(' '))
      part.remove_prefix(1);
    auto equals = part.find('=');
    if (equals == part.npos)
      continue;
    auto scheme = part.substr(0, equals);
    auto value = part.substr(equals + 1);
    if (scheme == "t" && out.time.empty())
      out.time = value;
    else if (scheme == "v1" && out.v1.size() < most_signatures)
      out.v1.push_back(value);
  }
  return out;
}

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool read_time(std::string_view text, int64_t& out) {
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && stop == end && out >= 0;
}

} // namespace

std::string_view to_text(signature_result result) {
  switch (result) {
    case signature_result::valid: return "the signature is valid";
    case signature_result::missing: return "there is no Stripe-Signature";
    case signature_result::malformed:
      return "Stripe-Signature has no time or no v1";
    case signature_result::mismatch:
      return "Stripe-Signature does not match the body";
    case signature_result::too_old:
      return "Stripe-Signature is older than five minutes";
    case signature_result::too_new:
      return "Stripe-Signature is more than five minutes in the future";
  }
  return "unknown";
}

std::string
sign_v1(std::string_view secret, std::string_view time, std::string_view body) {
  if (secret.size() > std::numeric_limits<int>::max())
    throw std::length_error("the secret is too long to be a key");
  std::string content;
  content.reserve(time.size() + 1 + body.size());
  content.append(time).append(1, '.').append(body);
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac;
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            reinterpret_cast<const uint8_t*>(content.data()), content.size(),
            mac.data(), &size))
    throw std::runtime_error("HMAC-SHA256 is not available in OpenSSL");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += digits[mac[i] >> 4];
    out += digits[mac[i] & 0x0f];
  }
  return out;
}

std::string
signature_header(std::string_view secret, int64_t time, std::string_view body) {
  auto at = std::to_string(time);
  return "t=" + at + ",v1=" + sign_v1(secret, at, body);
}

signature_result
check_signature(std::string_view header, std::string_view secret,
                std::string_view body, int64_t now) {
  if (header.empty() || secret.empty())
    return signature_result::missing;
  auto given = read_header(header);
  int64_t at = 0;
  if (given.v1.empty() || !read_time(given.time, at))
    return signature_result::malformed;
  auto wanted = sign_v1(secret, given.time, body);
  bool valid = false;
  for (auto& x : given.v1)
    valid |= same_text(x, wanted);
  // The time means something only when it is Stripe who says it.
  if (!valid)
    return signature_result::mismatch;
  if (at < now - signature_tolerance)
    return signature_result::too_old;
  if (at > now + signature_tolerance)
    return signature_result::too_new;
  return signature_result::valid;
}

} // namespace velox::stripe
