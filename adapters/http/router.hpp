#pragma once

#include "adapters/http/message.hpp"
#include "adapters/http/responder.hpp"
#include "adapters/http/upgrade.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace velox::http {

/// Called on the connection's shard thread; must not block. The request is
/// valid during the call only.
using handler = std::function<void(const request&, responder)>;

/// Called on the connection's shard thread with a handshake to answer.
using websocket_handler = std::function<void(const request&, upgrade)>;

/// One line of the route table.
struct route_info {
  std::string method; ///< "WS" for WebSocket routes
  std::string pattern;
  std::string alias_of; ///< empty, or the pattern this one stands in for
};

struct route_options {
  /// How long a handler may take to answer; then the client gets a 503.
  std::chrono::milliseconds timeout{15'000};
};

/// Which handler answers which path. A pattern is a path whose segments may be
/// `{name}` (one segment) or, as the last one, `{name...}` (the rest, possibly
/// empty). Literal patterns win over those with names, then the first added.
class router {
public:
  struct route {
    route_info info;
    std::vector<std::string> segments;
    bool literal = true;
    route_options options;
    handler handle;
    websocket_handler upgrade;
  };

  /// What `find` found.
  struct match {
    const route* found = nullptr;
    std::map<std::string, std::string> params;
    /// For a known path without this method: what it can do instead.
    std::string allow;
    /// The path has a WebSocket route.
    bool is_websocket = false;
  };

  /// Adds a route. Throws std::invalid_argument for a pattern without leading
  /// '/' and for one that exists.
  void add(std::string_view method, std::string_view pattern, handler handle,
           route_options options = {});
  void
  get(std::string_view pattern, handler handle, route_options options = {});
  void
  post(std::string_view pattern, handler handle, route_options options = {});

  /// Adds a WebSocket route: `handle` gets the handshakes to `pattern`.
  void websocket(std::string_view pattern, websocket_handler handle);

  /// Lets `pattern` do all that `existing` does so far, WebSockets included.
  /// Throws std::invalid_argument when there is no such route.
  void alias(std::string_view pattern, std::string_view existing);

  /// All routes in the order in which they were added.
  std::vector<route_info> table() const;

  /// The route for an ordinary request. HEAD falls back to GET.
  match find(std::string_view method, std::string_view path) const;

  /// The route for a WebSocket handshake.
  match find_websocket(std::string_view path) const;

private:
  void insert(route x);

  std::vector<route> routes_;
};

} // namespace velox::http
