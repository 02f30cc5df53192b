#pragma once

#include "adapters/net/origin.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace velox::net {

/// INTERNAL to adapters/net: who takes a request the first step.
struct proxy {
  std::string host;
  uint16_t port = 0;
  std::string authorization; ///< of Proxy-Authorization; empty for none
  /// Why nothing can go this way, for an error's text; empty when it can.
  std::string problem;
};

/// The proxies that the environment names, as curl and others read it:
/// HTTPS_PROXY for TLS, HTTP_PROXY for the rest, ALL_PROXY for both, in upper
/// or lower case, and NO_PROXY for who is reached directly. Only proxies that
/// are spoken to in plain HTTP are known. Another has its `problem`: who asks
/// for a proxy does not want to be sent past it.
class proxy_settings {
public:
  using environment = std::function<std::string(const char*)>;

  /// No proxy at all.
  proxy_settings() = default;

  explicit proxy_settings(const environment& get);

  /// The proxy for `x`; none when it is reached directly.
  std::optional<proxy> find(const origin& x) const;

private:
  struct exception {
    std::string host;   ///< lower case; "*" for all
    bool below = false; ///< hosts that end with ".host" too
    uint16_t port = 0;  ///< 0: any
    int prefix = -1;    ///< the bits that count, of an address range
  };

  static std::optional<exception> parse_exception(std::string entry);
  static bool matches(const exception& rule, const origin& x);

  void read_exceptions(const std::string& list);

  std::optional<proxy> secure_;
  std::optional<proxy> plain_;
  std::vector<exception> exceptions_;
};

} // namespace velox::net
