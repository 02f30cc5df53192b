#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Absolute URLs with an authority (RFC 3986), cut into pieces and put together
/// again byte for byte. Nothing is decoded or normalised: signatures are
/// computed over URLs as they were written.

namespace velox {

/// The pieces of `scheme://userinfo@host:port/path?query#fragment`.
struct url {
  std::string scheme;                  ///< lower case, such as "https"
  std::optional<std::string> userinfo; ///< "user:password"
  std::string host;                    ///< with brackets when IPv6
  std::optional<uint16_t> port;        ///< none when the URL names none
  std::string path;                    ///< empty or from the first / on
  std::optional<std::string> query;    ///< without the ?
  std::optional<std::string> fragment; ///< without the #

  /// The port to connect to: the one named, or that of the scheme (http, ws 80;
  /// https, wss 443; postgresql 5432; redis 6379); 0 when unknown.
  uint16_t effective_port() const;

  /// True for https, wss and rediss.
  bool secure() const;

  /// What goes into an HTTP request line: path (at least "/") and query.
  std::string target() const;

  /// The whole URL.
  std::string str() const;
};

/// Cuts `text`; none when it is not an absolute URL with a host, the port is
/// out of range, or it holds white space or control characters.
std::optional<url> parse_url(std::string_view text);

} // namespace velox
