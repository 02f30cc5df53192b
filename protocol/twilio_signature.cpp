#include "protocol/twilio_signature.hpp"

#include "protocol/base64.hpp"
#include "protocol/url.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <vector>

namespace velox {

namespace {

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// The query with what browsers and old SDKs escape in it escaped (the special
/// query set of the URL Standard): a signature may have been made over either.
std::string legacy_query(std::string_view query) {
  std::string out;
  for (char c : query) {
    switch (c) {
      case '\'': out += "%27"; break;
      case '"': out += "%22"; break;
      case '<': out += "%3C"; break;
      case '>': out += "%3E"; break;
      default: out += c;
    }
  }
  return out;
}

/// `x` without a port and with one (its own, or that of its scheme), each with
/// the query as it is and encoded the old way.
void add_variants(const url& x, std::vector<std::string>& out) {
  auto without_port = x;
  without_port.port.reset();
  auto with_port = x;
  if (auto port = x.effective_port())
    with_port.port = port;
  for (auto* variant : {&without_port, &with_port}) {
    out.push_back(variant->str());
    if (!variant->query)
      continue;
    auto legacy = legacy_query(*variant->query);
    if (legacy != *variant->query) {
      variant->query = std::move(legacy);
      out.push_back(variant->str());
    }
  }
}

/// All texts that may have been signed for a webhook at `text`.
std::vector<std::string> webhook_variants(std::string_view text) {
  std::vector<std::string> result{std::string{text}};
  if (auto parsed = parse_url(text))
    add_variants(*parsed, result);
  return result;
}

/// All texts that may have been signed for a media socket at `text`.
std::vector<std::string> upgrade_variants(std::string_view text) {
  std::vector<std::string> result{std::string{text}};
  auto parsed = parse_url(text);
  if (!parsed)
    return result;
  std::array<std::string_view, 2> schemes{"wss", "https"};
  if (!parsed->secure())
    schemes = {"ws", "http"};
  auto path = parsed->path;
  while (path.ends_with('/'))
    path.pop_back();
  for (auto scheme : schemes) {
    for (auto* slash : {"", "/"}) {
      parsed->scheme = scheme;
      parsed->path = path + slash;
      add_variants(*parsed, result);
    }
  }
  return result;
}

/// Compares `signature` with that of every text, without an early end.
signature_result
check_any(std::string_view auth_token, std::string_view signature,
          const std::vector<std::string>& urls, const form& fields) {
  if (signature.empty() || auth_token.empty())
    return signature_result::missing;
  bool valid = false;
  for (auto& text : urls)
    valid
      |= same_secret(signature, sign_twilio_request(auth_token, text, fields));
  return valid ? signature_result::valid : signature_result::mismatch;
}

/// The value of bodySHA256 in the query of `text`.
std::optional<std::string> body_hash(std::string_view text) {
  auto parsed = parse_url(text);
  form query;
  if (!parsed || !parsed->query
      || parse_form(*parsed->query, query) != form_error::none)
    return std::nullopt;
  auto hash = query.find("bodySHA256");
  return hash ? std::optional<std::string>{*hash} : std::nullopt;
}

bool is_form(std::string_view content_type) {
  constexpr std::string_view wanted = "application/x-www-form-urlencoded";
  auto type = content_type.substr(0, content_type.find_first_of("; \t"));
  return std::ranges::equal(type, wanted, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
  });
}

} // namespace

std::string_view to_text(signature_result result) {
  switch (result) {
    case signature_result::valid: return "valid";
    case signature_result::missing: return "missing";
    case signature_result::mismatch: return "mismatch";
    case signature_result::body_hash_mismatch: return "body-hash-mismatch";
  }
  return "unknown";
}

std::string sign_twilio_request(std::string_view auth_token,
                                std::string_view url, const form& fields) {
  using item = std::pair<std::string_view, std::string_view>;
  std::vector<item> items;
  items.reserve(fields.fields().size());
  for (auto& field : fields.fields())
    items.emplace_back(field.name, field.value);
  std::ranges::sort(items);
  items.erase(std::unique(items.begin(), items.end()), items.end());
  std::string data{url};
  for (auto& [name, value] : items)
    data.append(name).append(value);
  if (auth_token.size() > std::numeric_limits<int>::max())
    throw std::length_error("auth token is too long to be a key");
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac;
  unsigned size = 0;
  if (!HMAC(EVP_sha1(), auth_token.data(), static_cast<int>(auth_token.size()),
            reinterpret_cast<const uint8_t*>(data.data()), data.size(),
            mac.data(), &size))
    throw std::runtime_error("HMAC-SHA1 is not available in OpenSSL");
  return encode_base64({mac.data(), size});
}

std::string sha256_hex(std::string_view data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<uint8_t, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const uint8_t*>(data.data()), data.size(),
         hash.data());
  std::string text;
  for (auto byte : hash) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

signature_result
check_twilio_form(std::string_view auth_token, std::string_view signature,
                  std::string_view url, const form& fields) {
  return check_any(auth_token, signature, webhook_variants(url), fields);
}

signature_result
check_twilio_body(std::string_view auth_token, std::string_view signature,
                  std::string_view url, std::string_view body) {
  auto result = check_any(auth_token, signature, webhook_variants(url), {});
  if (result != signature_result::valid)
    return result;
  auto named = body_hash(url);
  return named && same_secret(*named, sha256_hex(body))
           ? signature_result::valid
           : signature_result::body_hash_mismatch;
}

signature_result check_twilio_request(std::string_view auth_token,
                                      const twilio_request& request) {
  if (body_hash(request.url))
    return check_twilio_body(auth_token, request.signature, request.url,
                             request.body);
  form fields;
  bool covered = request.body.empty();
  if (request.method == "POST" && is_form(request.content_type)) {
    if (parse_form(request.body, fields) != form_error::none)
      return signature_result::mismatch;
    covered = true;
  }
  auto result
    = check_twilio_form(auth_token, request.signature, request.url, fields);
  if (result == signature_result::valid && !covered)
    return signature_result::body_hash_mismatch;
  return result;
}

signature_result
check_twilio_upgrade(std::string_view auth_token, std::string_view signature,
                     std::string_view url) {
  return check_any(auth_token, signature, upgrade_variants(url), {});
}

} // namespace velox
