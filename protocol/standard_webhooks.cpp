#include "protocol/standard_webhooks.hpp"

#include "protocol/base64.hpp"
#include "protocol/json.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <stdexcept>

namespace velox::standard_webhooks {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr size_t least_key = 24;
constexpr size_t most_key = 64;
constexpr int64_t tolerance = 300; ///< seconds
constexpr size_t most_signatures = 16;

bool key_of(std::string_view secret, std::vector<uint8_t>& out) {
  return secret.starts_with(prefix)
         && decode_base64(secret.substr(prefix.size()), out)
         && out.size() >= least_key && out.size() <= most_key;
}

std::string mac_of(const std::vector<uint8_t>& key, std::string_view id,
                   std::string_view time, std::string_view body) {
  std::string content;
  content.reserve(id.size() + time.size() + body.size() + 2);
  content.append(id).append(1, '.').append(time).append(1, '.').append(body);
  std::array<uint8_t, EVP_MAX_MD_SIZE> mac;
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const uint8_t*>(content.data()), content.size(),
            mac.data(), &size))
    throw std::runtime_error("HMAC-SHA256 is not available in OpenSSL");
  return encode_base64({mac.data(), size});
}

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

std::string make_secret() {
  std::array<uint8_t, 32> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("the system gave no random numbers for a secret");
  return std::string{prefix} + encode_base64(bytes);
}

bool is_secret(std::string_view text) {
  std::vector<uint8_t> key;
  return key_of(text, key);
}

std::string webhook_id(std::string_view event_id) {
  std::string out{event_id};
  std::replace(out.begin(), out.end(), '.', '-');
  return out;
}

headers sign(const std::vector<std::string>& secrets, std::string_view id,
             int64_t now, std::string_view body) {
  if (id.empty() || id.find('.') != id.npos)
    throw std::invalid_argument("a webhook-id is not empty and holds no '.'");
  headers out{std::string{id}, std::to_string(now), {}};
  for (auto& secret : secrets) {
    std::vector<uint8_t> key;
    if (!key_of(secret, key))
      throw std::invalid_argument("a webhook's secret is not of the form "
                                  "whsec_ and base64");
    if (!out.signature.empty())
      out.signature += ' ';
    out.signature += "v1," + mac_of(key, id, out.timestamp, body);
    OPENSSL_cleanse(key.data(), key.size());
  }
  return out;
}

verdict verify(std::string_view secret, const headers& given,
               std::string_view body, int64_t now) {
  std::vector<uint8_t> key;
  int64_t at = 0;
  auto end = given.timestamp.data() + given.timestamp.size();
  auto [stop, error] = std::from_chars(given.timestamp.data(), end, at);
  if (error != std::errc{} || stop != end || at < 0 || given.id.empty()
      || given.id.find('.') != given.id.npos || !key_of(secret, key))
    return verdict::malformed;
  auto wanted = "v1," + mac_of(key, given.id, given.timestamp, body);
  bool valid = false;
  std::string_view rest = given.signature;
  for (size_t i = 0; !rest.empty() && i < most_signatures; ++i) {
    auto length = std::min(rest.find(' '), rest.size());
    valid |= same_text(rest.substr(0, length), wanted);
    rest.remove_prefix(std::min(length + 1, rest.size()));
  }
  if (!valid)
    return verdict::mismatch;
  if (at < now - tolerance)
    return verdict::too_old;
  return at > now + tolerance ? verdict::too_new : verdict::valid;
}

std::string payload(std::string_view type, unix_ms at, std::string_view data) {
  return json_object{}
    .add("type", type)
    .add("timestamp", rfc3339(at))
    .add_raw("data", data.empty() ? "{}" : data)
    .str();
}

std::string rfc3339(unix_ms at) {
  using namespace std::chrono;
  sys_time<milliseconds> time{milliseconds{at}};
  auto day = floor<days>(time);
  year_month_day date{day};
  auto since = (time - day).count();
  return fmt::format(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
    since / 3'600'000, since / 60'000 % 60, since / 1'000 % 60, since % 1'000);
}

} // namespace velox::standard_webhooks
