#include "adapters/net/request_head.hpp"

#include <algorithm>

namespace velox::net {

namespace {

/// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9')
           || others.find(c) != std::string_view::npos;
  });
}

void add(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool has(const header_list& headers, std::string_view name) {
  return find_header(headers, name).data() != nullptr;
}

bool is_named(const std::string& name, std::string_view other) {
  header_list one{{name, "x"}};
  return !find_header(one, other).empty();
}

} // namespace

bool well_formed(const header_list& headers) {
  static constexpr std::string_view forbidden{"\r\n\0", 3};
  return std::all_of(headers.begin(), headers.end(), [](auto& x) {
    return is_token(x.first)
           && x.second.find_first_of(forbidden) == std::string::npos;
  });
}

std::optional<std::string> request_head(const request& x, const destination& to,
                                        const std::optional<proxy>& via) {
  if (!is_token(x.method) || !well_formed(x.headers))
    return std::nullopt;
  auto passed_on = via && !to.where.secure;
  auto out = x.method + " ";
  if (passed_on)
    out += "http://" + to.host_header;
  out += to.target + " HTTP/1.1\r\n";
  if (!has(x.headers, "Host"))
    add(out, "Host", to.host_header);
  if (!has(x.headers, "User-Agent"))
    add(out, "User-Agent", "velox");
  if (!has(x.headers, "Accept"))
    add(out, "Accept", "*/*");
  if (!to.authorization.empty() && !has(x.headers, "Authorization"))
    add(out, "Authorization", to.authorization);
  if (passed_on && !via->authorization.empty())
    add(out, "Proxy-Authorization", via->authorization);
  for (auto& [name, value] : x.headers)
    // The length is what it is, and the body goes in one piece.
    if (!is_named(name, "Content-Length")
        && !is_named(name, "Transfer-Encoding"))
      add(out, name, value);
  if (!x.body.empty() || x.method == "POST" || x.method == "PUT"
      || x.method == "PATCH")
    add(out, "Content-Length", std::to_string(x.body.size()));
  out += "\r\n";
  return out;
}

} // namespace velox::net
