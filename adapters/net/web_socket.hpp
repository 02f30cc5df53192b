#pragma once

#include "adapters/net/core.hpp"

#include <memory>

namespace velox::net {

/// INTERNAL to adapters/net: a socket that connects once `start` has run on
/// the outbound's thread.
struct web_socket {
  std::shared_ptr<socket> handle;
  std::function<void()> start;
};

web_socket
make_web_socket(core_ptr out, socket_request x, socket_handlers hears);

} // namespace velox::net
