#include "adapters/console/admin_key.hpp"

#include <openssl/crypto.h>

namespace velox::console {

namespace {

/// Takes the same time for every wrong key of the right length.
bool same_key(std::string_view a, std::string_view b) {
  return a.size() == b.size()
         && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

http::handler with_admin_key(std::string key, http::handler handle) {
  return [key = std::move(key), handle = std::move(handle)](
           const http::request& x, http::responder answer) {
    constexpr std::string_view scheme = "Bearer ";
    auto given = x.headers.get("Authorization").value_or("");
    if (!key.empty() && given.substr(0, scheme.size()) == scheme
        && same_key(given.substr(scheme.size()), key)) {
      handle(x, std::move(answer));
      return;
    }
    auto refusal = http::error_response(
      401, "unauthorized", "This needs the admin key.",
      "Send it as 'Authorization: Bearer KEY'; it is ADMIN_API_KEY, or "
      "admin_api_key in secrets.yaml of the engine's data directory.");
    refusal.headers.add("WWW-Authenticate", "Bearer");
    answer(std::move(refusal));
  };
}

} // namespace velox::console
