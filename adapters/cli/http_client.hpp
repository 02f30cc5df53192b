#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace velox::cli {

/// One HTTP/1.1 request of the command line to an engine.
struct http_request {
  std::string method = "GET";
  /// Absolute: http://host:port/path?query or https://...
  std::string url{};
  /// Besides Host, User-Agent and Content-Length, which are added.
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  /// For everything together: name lookup, connection, answer.
  std::chrono::milliseconds timeout{10'000};
  /// Accept any certificate.
  bool insecure = false;
};

struct http_response {
  int status = 0;
  std::string content_type;
  std::string body;
};

/// Nobody answered: the text says who, why, and what to try.
class unreachable : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Sends one request on a connection of its own and waits for the answer,
/// whatever its status. Bodies above 16 MiB are refused. Throws `unreachable`,
/// and `std::invalid_argument` when the URL is none.
http_response fetch(const http_request& request);

} // namespace velox::cli
