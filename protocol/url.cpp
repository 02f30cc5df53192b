#include "protocol/url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace velox {

namespace {

constexpr auto known_ports
  = std::to_array<std::pair<std::string_view, uint16_t>>({
    {"http", 80},
    {"ws", 80},
    {"https", 443},
    {"wss", 443},
    {"postgresql", 5432},
    {"postgres", 5432},
    {"redis", 6379},
    {"rediss", 6379},
  });

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_scheme_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-'
         || c == '.';
}

/// Cuts `text` at the first `mark`: what follows it is returned, what precedes
/// it stays.
std::optional<std::string> cut(std::string_view& text, char mark) {
  auto at = text.find(mark);
  if (at == std::string_view::npos)
    return std::nullopt;
  std::string rest{text.substr(at + 1)};
  text = text.substr(0, at);
  return rest;
}

bool parse_port(std::string_view text, std::optional<uint16_t>& port) {
  uint16_t number = 0;
  auto* end = text.data() + text.size();
  auto result = std::from_chars(text.data(), end, number);
  if (result.ec != std::errc{} || result.ptr != end)
    return false;
  port = number;
  return true;
}

bool parse_authority(std::string_view text, url& out) {
  if (auto at = text.rfind('@'); at != std::string_view::npos) {
    out.userinfo = std::string{text.substr(0, at)};
    text.remove_prefix(at + 1);
  }
  // The colons of an IPv6 address are inside its brackets.
  size_t host_end = 0;
  if (text.starts_with('[')) {
    host_end = text.find(']');
    if (host_end == std::string_view::npos || host_end < 2)
      return false;
    ++host_end;
  } else {
    host_end = std::min(text.find(':'), text.size());
  }
  out.host = text.substr(0, host_end);
  text.remove_prefix(host_end);
  if (out.host.empty())
    return false;
  if (text.empty())
    return true;
  return text[0] == ':' && parse_port(text.substr(1), out.port);
}

} // namespace

uint16_t url::effective_port() const {
  if (port)
    return *port;
  for (auto& [name, number] : known_ports)
    if (name == scheme)
      return number;
  return 0;
}

bool url::secure() const {
  return scheme == "https" || scheme == "wss" || scheme == "rediss";
}

std::string url::target() const {
  auto text = path.empty() ? std::string{"/"} : path;
  return query ? text + '?' + *query : text;
}

std::string url::str() const {
  auto text = scheme + "://";
  if (userinfo)
    text += *userinfo + '@';
  text += host;
  if (port)
    text += ':' + std::to_string(*port);
  text += path;
  if (query)
    text += '?' + *query;
  if (fragment)
    text += '#' + *fragment;
  return text;
}

std::optional<url> parse_url(std::string_view text) {
  auto is_forbidden = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
  };
  if (std::ranges::any_of(text, is_forbidden))
    return std::nullopt;
  auto separator = text.find("://");
  if (separator == std::string_view::npos || separator == 0)
    return std::nullopt;
  url result;
  result.scheme = text.substr(0, separator);
  if (!is_letter(result.scheme[0])
      || !std::ranges::all_of(result.scheme, is_scheme_character))
    return std::nullopt;
  for (char& c : result.scheme)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  text.remove_prefix(separator + 3);
  result.fragment = cut(text, '#');
  result.query = cut(text, '?');
  auto slash = std::min(text.find('/'), text.size());
  result.path = text.substr(slash);
  if (!parse_authority(text.substr(0, slash), result))
    return std::nullopt;
  return result;
}

} // namespace velox
