#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace velox::http {

/// Header fields in the order in which they came; names compare without case
/// (RFC 9110, 5.1).
class header_fields {
public:
  void add(std::string name, std::string value);

  /// The first value of `name`.
  std::optional<std::string_view> get(std::string_view name) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  bool empty() const { return fields_.empty(); }

private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// One request as a handler sees it, read completely.
struct request {
  std::string method; ///< "GET", upper case
  std::string target; ///< as sent: path and query
  std::string path;   ///< `target` without the query, not decoded
  /// Decoded; of a name given twice, the first value.
  std::map<std::string, std::string> query;
  header_fields headers;
  std::string body;
  /// What the `{name}` segments of the route matched, decoded.
  std::map<std::string, std::string> params;
  std::string route; ///< the pattern that matched, such as "/calls/{id}"
  std::string
    remote_address; ///< IP of the peer (of the proxy, if there is one)
  bool tls = false;
  std::size_t shard = 0; ///< index of the io_context of this connection
};

/// What goes back. Content-Length, Date and Connection are the server's.
struct response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
  header_fields headers;
};

/// A response with the error body that all of our surfaces share:
/// `{"error":{"code":…,"message":…,"fix":…}}`. `code` is a fixed word,
/// `message` says what is wrong, `fix` what to do about it.
response error_response(unsigned status, std::string_view code,
                        std::string_view message, std::string_view fix);

/// A response of type application/json.
response json_response(unsigned status, std::string body);

/// Compares header names: ASCII, without case.
bool same_name(std::string_view a, std::string_view b);

} // namespace velox::http
