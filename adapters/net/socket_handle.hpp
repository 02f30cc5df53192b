#pragma once

#include "adapters/net/gate.hpp"
#include "adapters/net/message_queue.hpp"
#include "adapters/net/outbound.hpp"

#include <memory>

namespace velox::net {

/// INTERNAL to adapters/net: what a handle asks of its socket. On the
/// outbound's thread.
class socket_body {
public:
  virtual ~socket_body() = default;
  virtual void push(outgoing_message x) = 0;
  virtual void begin_close(uint16_t code) = 0;
  virtual void drop() = 0;
};

/// What `outbound::connect` returns. It holds nothing of Asio's: that must not
/// outlive its io_context, and a handle may.
std::shared_ptr<socket>
make_handle(std::shared_ptr<gate> gate, const std::shared_ptr<socket_body>& x);

} // namespace velox::net
