#include "adapters/carriers/twilio/webhook_request.hpp"

#include "protocol/twilio_signature.hpp"
#include "protocol/url.hpp"

#include <algorithm>

namespace velox::carriers::twilio {

namespace {

std::string_view trim(std::string_view x) {
  while (!x.empty() && x.front() == ' ')
    x.remove_prefix(1);
  while (!x.empty() && x.back() == ' ')
    x.remove_suffix(1);
  return x;
}

/// Proxies append: the first is what the client used.
std::string_view first_of_list(std::string_view x) {
  return trim(x.substr(0, x.find(',')));
}

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
         || (c >= 'A' && c <= 'Z');
}

bool is_host(std::string_view x) {
  return !x.empty() && x.size() <= 255
         && std::all_of(x.begin(), x.end(), [](char c) {
              return is_alnum(c)
                     || std::string_view{".-:[]_"}.find(c)
                          != std::string_view::npos;
            });
}

http::response forbidden(const std::string& message) {
  return http::error_response(403, "forbidden", message,
                              "check public_url in the config and "
                              "TWILIO_AUTH_TOKEN");
}

} // namespace

std::optional<std::string>
public_base(const http::request& x, const std::string& configured) {
  if (!configured.empty()) {
    auto end = configured.find_last_not_of('/');
    return configured.substr(0, end + 1);
  }
  auto scheme = first_of_list(
    x.headers.get("X-Forwarded-Proto").value_or(x.tls ? "https" : "http"));
  auto host = first_of_list(x.headers.get("X-Forwarded-Host")
                              .value_or(x.headers.get("Host").value_or("")));
  if ((scheme != "http" && scheme != "https") || !is_host(host))
    return std::nullopt;
  return std::string{scheme} + "://" + std::string{host};
}

std::string websocket_base(std::string_view base) {
  return "ws" + std::string{base.substr(4)}; // http -> ws, https -> wss
}

std::optional<form> webhook_fields(const http::request& x) {
  form out;
  auto type = x.headers.get("Content-Type").value_or("");
  auto is_form = type.starts_with("application/x-www-form-urlencoded");
  if (x.method == "POST" && !x.body.empty() && is_form) {
    if (parse_form(x.body, out) != form_error::none)
      return std::nullopt;
    return out;
  }
  for (auto& [name, value] : x.query)
    out.add(name, value);
  return out;
}

std::optional<http::response>
check_signature(const http::request& x, const std::string& base,
                const std::string& auth_token) {
  auto seen = base + x.path;
  if (auth_token.empty())
    return forbidden("no webhook is accepted without TWILIO_AUTH_TOKEN, which "
                     "is not set");
  auto signature = x.headers.get("X-Twilio-Signature").value_or("");
  if (signature.empty())
    return forbidden("the request to " + seen + " has no X-Twilio-Signature");
  auto url = base + x.target;
  auto method = x.method == "HEAD" ? "GET" : x.method;
  auto result = check_twilio_request(
    auth_token, {url, signature, method,
                 x.headers.get("Content-Type").value_or(""), x.body});
  switch (result) {
    case signature_result::valid: return std::nullopt;
    case signature_result::body_hash_mismatch:
      return forbidden("the body is not the one that X-Twilio-Signature "
                       "covers for "
                       + seen);
    default:
      return forbidden("X-Twilio-Signature does not match " + seen
                       + ": check public_url in the config and "
                         "TWILIO_AUTH_TOKEN");
  }
}

bool is_call_id(std::string_view text) {
  return !text.empty() && text.size() <= 64
         && std::all_of(text.begin(), text.end(), [](char c) {
              return is_alnum(c) || c == '-' || c == '_';
            });
}

bool is_address(std::string_view text) {
  return !text.empty() && text.size() <= 128
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return c >= ' ' && c < 0x7f; });
}

} // namespace velox::carriers::twilio
