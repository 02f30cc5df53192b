#pragma once

#include "adapters/http/message.hpp"

#include <cstddef>
#include <functional>
#include <memory>

namespace velox::http {

class session;
struct upgrade_parts;

/// A WebSocket handshake that waits for its answer. Give it to
/// `websocket::accept`, or refuse it with an ordinary response. Stays on the
/// thread of its connection. Dropped unused, the client gets a 500.
class upgrade {
public:
  explicit upgrade(std::shared_ptr<session> owner);
  upgrade(upgrade&&) noexcept;
  upgrade& operator=(upgrade&&) noexcept;
  ~upgrade();

  /// Answers with `x`, such as 402 or 503, and ends the connection.
  void refuse(response x);

  /// False once the client is gone or the route's time-out has answered.
  bool waiting() const;

  /// The index of the connection's io_context.
  std::size_t shard() const;

  /// Runs functions on the connection's thread, from any thread and also after
  /// the handshake: for whoever must ask before answering.
  std::function<void(std::function<void()>)> poster() const;

  /// Takes the socket out of the HTTP server; for `websocket::accept`, and
  /// only while it is `waiting`.
  upgrade_parts take();

private:
  std::shared_ptr<session> owner_;
};

} // namespace velox::http
