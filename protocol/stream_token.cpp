#include "protocol/stream_token.hpp"

#include "protocol/base64.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <limits>
#include <stdexcept>
#include <vector>

namespace velox {

namespace {

/// A token is base64url(content) "." base64url(HMAC-SHA256(secret, content)).
/// The content: version, flags, expiry (8 bytes, big endian), then the four
/// texts, each behind one byte that holds its length.
constexpr uint8_t version = 1;
constexpr uint8_t resume_flag = 1;
constexpr uint8_t outbound_flag = 2;
constexpr size_t mac_size = 32;

/// No token of ours is longer; anything longer is not even decoded.
constexpr size_t longest_token = 480;

using bytes = std::vector<uint8_t>;

std::array<uint8_t, mac_size>
mac_of(const bytes& content, std::string_view secret) {
  if (secret.size() > std::numeric_limits<int>::max())
    throw std::length_error("stream token secret is too long to be a key");
  std::array<uint8_t, mac_size> mac;
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
            content.data(), content.size(), mac.data(), &size)
      || size != mac_size)
    throw std::runtime_error("HMAC-SHA256 is not available in OpenSSL");
  return mac;
}

void append_text(bytes& out, std::string_view text) {
  if (text.size() > stream_token_field_limit)
    throw std::length_error("a field of the stream token is too long");
  out.push_back(static_cast<uint8_t>(text.size()));
  out.insert(out.end(), text.begin(), text.end());
}

/// Takes the next text off `rest`.
bool take_text(std::string_view& rest, std::string& out) {
  if (rest.empty())
    return false;
  size_t size = static_cast<uint8_t>(rest[0]);
  rest.remove_prefix(1);
  if (size > rest.size())
    return false;
  out = rest.substr(0, size);
  rest.remove_prefix(size);
  return true;
}

bool parse_content(const bytes& content, stream_token& token) {
  if (content.size() < 10 || content[0] != version)
    return false;
  token.resume = (content[1] & resume_flag) != 0;
  token.outbound = (content[1] & outbound_flag) != 0;
  uint64_t expiry = 0;
  for (size_t i = 2; i < 10; ++i)
    expiry = expiry << 8 | content[i];
  token.expires_at_ms = static_cast<int64_t>(expiry);
  std::string_view rest{reinterpret_cast<const char*>(content.data()) + 10,
                        content.size() - 10};
  return take_text(rest, token.call_id) && take_text(rest, token.agent_id)
         && take_text(rest, token.org_id) && take_text(rest, token.nonce)
         && rest.empty();
}

} // namespace

std::string
sign_stream_token(const stream_token& token, std::string_view secret) {
  auto flags
    = (token.resume ? resume_flag : 0) | (token.outbound ? outbound_flag : 0);
  bytes content{version, static_cast<uint8_t>(flags)};
  auto expiry = static_cast<uint64_t>(token.expires_at_ms);
  for (int shift = 56; shift >= 0; shift -= 8)
    content.push_back(static_cast<uint8_t>(expiry >> shift));
  append_text(content, token.call_id);
  append_text(content, token.agent_id);
  append_text(content, token.org_id);
  append_text(content, token.nonce);
  auto text = encode_base64url(content);
  text += '.';
  text += encode_base64url(mac_of(content, secret));
  return text;
}

std::string_view to_text(token_error error) {
  switch (error) {
    case token_error::none: return "none";
    case token_error::malformed: return "malformed";
    case token_error::bad_signature: return "bad-signature";
    case token_error::expired: return "expired";
  }
  return "unknown";
}

token_error verify_stream_token(std::string_view text, std::string_view secret,
                                int64_t now_ms, stream_token& token) {
  auto dot = text.find('.');
  if (text.size() > longest_token || dot == std::string_view::npos)
    return token_error::malformed;
  bytes content, mac;
  if (!decode_base64url(text.substr(0, dot), content)
      || !decode_base64url(text.substr(dot + 1), mac) || mac.size() != mac_size)
    return token_error::malformed;
  auto expected = mac_of(content, secret);
  // An empty secret would make every token one of ours.
  if (secret.empty()
      || CRYPTO_memcmp(expected.data(), mac.data(), mac_size) != 0)
    return token_error::bad_signature;
  stream_token result;
  if (!parse_content(content, result))
    return token_error::malformed;
  if (now_ms >= result.expires_at_ms)
    return token_error::expired;
  token = std::move(result);
  return token_error::none;
}

std::string random_hex(size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  bytes random(count);
  if (count > std::numeric_limits<int>::max()
      || RAND_bytes(random.data(), static_cast<int>(count)) != 1)
    throw std::runtime_error("the system's random generator failed");
  std::string text;
  text.reserve(count * 2);
  for (auto byte : random) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

} // namespace velox
