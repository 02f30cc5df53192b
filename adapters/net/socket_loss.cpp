#include "adapters/net/socket_loss.hpp"

#include "adapters/net/stream.hpp"

#include <boost/beast/core/error.hpp>
#include <boost/beast/websocket/error.hpp>

namespace velox::net {

namespace rfc6455 = boost::beast::websocket;

bool is_websocket_error(const error_code& ec) {
  static const auto any = make_error_code(rfc6455::error::closed);
  return ec.category() == any.category();
}

socket_loss loss_of(const error_code& ec) {
  if (ec == boost::beast::error::timeout)
    return {1006, failure::timed_out, "nothing was heard for too long"};
  if (ec == rfc6455::error::message_too_big
      || ec == rfc6455::error::buffer_overflow)
    return {1009, failure::too_large, "a message is too large"};
  if (ec == rfc6455::error::bad_frame_payload)
    return {1007, failure::malformed, "a message is not UTF-8"};
  if (is_websocket_error(ec))
    return {1002, failure::malformed, "the peer breaks the protocol"};
  return {1006, failure::reset, describe(ec)};
}

} // namespace velox::net
