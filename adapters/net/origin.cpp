#include "adapters/net/origin.hpp"

#include "protocol/base64.hpp"
#include "protocol/form.hpp"
#include "protocol/url.hpp"

#include <algorithm>

namespace velox::net {

namespace {

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

/// Whether `text` may be an IPv6 address; who connects to it finds out.
bool looks_like_ipv6(std::string_view text) {
  constexpr std::string_view allowed = "0123456789abcdef:.";
  return text.find(':') != std::string_view::npos
         && text.find_first_not_of(allowed) == std::string_view::npos;
}

} // namespace

std::string origin::authority() const {
  return bracketed(host) + ":" + std::to_string(port);
}

std::string origin::key() const {
  // A connection that was made for us must not serve a stranger's URL.
  return (secure ? "https://" : "http://") + authority()
         + (public_only ? " public" : "");
}

std::optional<destination>
parse_destination(std::string_view text, bool websocket) {
  auto parts = parse_url(text);
  if (!parts)
    return std::nullopt;
  auto& scheme = parts->scheme;
  if (websocket ? scheme != "ws" && scheme != "wss"
                : scheme != "http" && scheme != "https")
    return std::nullopt;
  auto host = parts->host;
  std::transform(host.begin(), host.end(), host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  // Only IPv6 addresses go in brackets (RFC 3986, section 3.2.2).
  if (host.starts_with('[')) {
    host = host.substr(1, host.size() - 2);
    if (!looks_like_ipv6(host))
      return std::nullopt;
  }
  destination out;
  out.where = {parts->secure(), host, parts->effective_port()};
  if (host.empty() || out.where.port == 0)
    return std::nullopt;
  out.target = parts->target();
  auto usual = out.where.secure ? 443 : 80;
  out.host_header
    = out.where.port == usual ? bracketed(host) : out.where.authority();
  if (parts->userinfo)
    out.authorization = basic_credentials(*parts->userinfo);
  return out;
}

std::string basic_credentials(std::string_view userinfo) {
  auto plain = percent_decode(userinfo).value_or(std::string{userinfo});
  if (plain.find(':') == std::string::npos)
    plain += ':';
  return "Basic "
         + encode_base64(
           {reinterpret_cast<const uint8_t*>(plain.data()), plain.size()});
}

} // namespace velox::net
