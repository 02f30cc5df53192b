#include "adapters/net/proxy.hpp"

#include "protocol/url.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <string_view>

namespace velox::net {

namespace {

namespace ip = boost::asio::ip;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// A variable that is set.
struct setting {
  std::string name;
  std::string value;
};

setting first_set(const proxy_settings::environment& get,
                  std::initializer_list<const char*> names) {
  for (auto* name : names)
    if (auto value = get(name); !value.empty())
      return {name, value};
  return {};
}

template <class T>
bool parse_number(std::string_view text, T& out) {
  auto* end = text.data() + text.size();
  auto result = std::from_chars(text.data(), end, out);
  return result.ec == std::errc{} && result.ptr == end;
}

proxy unusable(const setting& x, const std::string& why) {
  proxy out;
  out.problem = x.name + " " + why;
  return out;
}

/// A value may have a password: no error's text tells more than the scheme.
std::optional<proxy> parse_proxy(const setting& x) {
  if (x.value.empty())
    return std::nullopt;
  auto bare = x.value.find("://") == std::string::npos;
  auto parts = parse_url(bare ? "http://" + x.value : x.value);
  if (!parts)
    return unusable(x, "is no URL of a proxy");
  if (parts->scheme != "http")
    return unusable(x, "names a proxy of a kind that is not spoken to: "
                         + parts->scheme);
  proxy out;
  out.host = lower(parts->host);
  if (out.host.size() > 2 && out.host.front() == '[')
    out.host = out.host.substr(1, out.host.size() - 2);
  out.port = parts->effective_port();
  if (parts->userinfo)
    out.authorization = basic_credentials(*parts->userinfo);
  if (out.host.empty() || out.port == 0)
    return unusable(x, "is no URL of a proxy");
  return out;
}

/// Whether the first `bits` of both addresses are the same.
template <class Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, int bits) {
  for (std::size_t i = 0; i < a.size() && bits > 0; ++i, bits -= 8) {
    auto mask = bits >= 8 ? 0xff : 0xff << (8 - bits) & 0xff;
    if ((a[i] & mask) != (b[i] & mask))
      return false;
  }
  return true;
}

bool in_range(const std::string& host, const std::string& range, int bits) {
  boost::system::error_code ec;
  auto a = ip::make_address(host, ec);
  if (ec)
    return false;
  auto b = ip::make_address(range, ec);
  if (ec || a.is_v4() != b.is_v4())
    return false;
  if (a.is_v4())
    return same_prefix(a.to_v4().to_bytes(), b.to_v4().to_bytes(), bits);
  return same_prefix(a.to_v6().to_bytes(), b.to_v6().to_bytes(), bits);
}

} // namespace

proxy_settings::proxy_settings(const environment& get) {
  auto all = first_set(get, {"ALL_PROXY", "all_proxy"});
  auto secure = first_set(get, {"HTTPS_PROXY", "https_proxy"});
  auto plain = first_set(get, {"http_proxy", "HTTP_PROXY"});
  secure_ = parse_proxy(secure.value.empty() ? all : secure);
  plain_ = parse_proxy(plain.value.empty() ? all : plain);
  read_exceptions(first_set(get, {"NO_PROXY", "no_proxy"}).value);
}

void proxy_settings::read_exceptions(const std::string& list) {
  std::size_t at = 0;
  while (at < list.size()) {
    auto begin = list.find_first_not_of(", \t", at);
    if (begin == std::string::npos)
      return;
    at = std::min(list.find_first_of(", \t", begin), list.size());
    if (auto rule = parse_exception(lower(list.substr(begin, at - begin))))
      exceptions_.push_back(std::move(*rule));
  }
}

std::optional<proxy_settings::exception>
proxy_settings::parse_exception(std::string entry) {
  exception rule;
  // One colon is a port; more are an IPv6 address, unless in brackets.
  auto colon = entry.rfind(':');
  auto port_of = [&] {
    return parse_number(std::string_view{entry}.substr(colon + 1), rule.port);
  };
  if (auto bracket = entry.find(']'); bracket != std::string::npos) {
    if (colon != std::string::npos && colon > bracket && !port_of())
      return std::nullopt;
    entry = entry.substr(1, bracket - 1);
  } else if (colon != std::string::npos && entry.find(':') == colon) {
    if (!port_of())
      return std::nullopt;
    entry.resize(colon);
  }
  if (auto slash = entry.find('/'); slash != std::string::npos) {
    if (!parse_number(std::string_view{entry}.substr(slash + 1), rule.prefix)
        || rule.prefix < 0)
      return std::nullopt;
    entry.resize(slash);
  }
  if (entry.starts_with("*."))
    entry.erase(0, 1);
  rule.below = !entry.empty() && entry != "*";
  if (entry.starts_with("."))
    entry.erase(0, 1);
  rule.host = entry;
  if (rule.host.empty())
    return std::nullopt;
  return rule;
}

bool proxy_settings::matches(const exception& rule, const origin& x) {
  if (rule.port != 0 && rule.port != x.port)
    return false;
  if (rule.host == "*" || rule.host == x.host)
    return true;
  if (rule.prefix >= 0)
    return in_range(x.host, rule.host, rule.prefix);
  return rule.below && x.host.ends_with("." + rule.host);
}

std::optional<proxy> proxy_settings::find(const origin& x) const {
  auto& chosen = x.secure ? secure_ : plain_;
  if (!chosen)
    return std::nullopt;
  for (auto& rule : exceptions_)
    if (matches(rule, x))
      return std::nullopt;
  return chosen;
}

} // namespace velox::net
