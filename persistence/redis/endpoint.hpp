#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace velox::persistence::redis {

/// Where a Redis is, and how to get in.
struct endpoint {
  std::string host = "127.0.0.1";
  uint16_t port = 6379;
  std::string user{};     ///< empty: the default user
  std::string password{}; ///< empty: none
  int database = 0;

  /// "host:port/database", for the log: never the password.
  std::string text() const;

  bool operator==(const endpoint&) const = default;
};

/// Reads `redis://[user[:password]@]host[:port][/database]`, user and password
/// percent-encoded. Throws std::invalid_argument with what is wrong and the
/// fix, without repeating the password.
endpoint parse_endpoint(std::string_view url);

} // namespace velox::persistence::redis
