#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace velox::net {

/// INTERNAL to adapters/net: who a request goes to.
struct origin {
  bool secure = false;
  std::string host; ///< lower case, without the brackets of IPv6
  uint16_t port = 0;
  bool public_only = false; ///< see `request`

  /// "host:port", with brackets where IPv6 needs them.
  std::string authority() const;

  /// What connections are kept under, such as "https://host:443".
  std::string key() const;
};

/// A URL, cut into what a request needs.
struct destination {
  origin where;
  std::string target;        ///< path and query
  std::string host_header;   ///< the port only where it is not the usual one
  std::string authorization; ///< "Basic ..." from the URL's userinfo, or empty
};

/// None when `text` is no http(s) URL (`websocket`: no ws(s) URL) with a host
/// and a port above 0.
std::optional<destination>
parse_destination(std::string_view text, bool websocket);

/// The header value that says `userinfo` ("user:password", percent-encoded):
/// RFC 7617.
std::string basic_credentials(std::string_view userinfo);

} // namespace velox::net
