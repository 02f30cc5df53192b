#pragma once

#include "adapters/net/outbound.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>

namespace velox::net {

/// INTERNAL to adapters/net: how a WebSocket ended that nobody closed.
struct socket_loss {
  uint16_t code = 1006; ///< RFC 6455, 7.4.1: what the peer was told, or 1006
  failure what = failure::reset;
  std::string why;
};

/// What an error of Beast's read says.
socket_loss loss_of(const boost::system::error_code& ec);

/// Whether `ec` is about the protocol and not about the connection.
bool is_websocket_error(const boost::system::error_code& ec);

} // namespace velox::net
