#pragma once

#include "adapters/http/upgrade.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace velox::websocket {

// Close codes that we send (RFC 6455, 7.4.1).
inline constexpr uint16_t normal_closure = 1000;
inline constexpr uint16_t going_away = 1001;
inline constexpr uint16_t unsupported_data = 1003;
inline constexpr uint16_t invalid_payload = 1007;
inline constexpr uint16_t policy_violation = 1008;
inline constexpr uint16_t message_too_big = 1009;
inline constexpr uint16_t internal_error = 1011;
/// Never sent: the connection ended without a close frame.
inline constexpr uint16_t abnormal_closure = 1006;

struct options {
  std::size_t message_limit = 64 * 1024; ///< bytes of one incoming message
  std::size_t queue_limit = 1024 * 1024; ///< bytes waiting to be written
  std::chrono::milliseconds handshake_timeout{10'000};
  /// A peer that sends nothing for half of this is pinged, and given up when
  /// the answer does not come in the other half.
  std::chrono::milliseconds idle_timeout{30'000};
  /// How long a close may take, what is queued before it included.
  std::chrono::milliseconds close_timeout{5'000};
};

/// How a connection ended.
struct closing {
  uint16_t code = abnormal_closure; ///< of whoever closed it
  std::string reason;
  /// The peer broke the protocol: a message too big, bad UTF-8, bad frames.
  bool violation = false;
};

/// Hears what happens on a connection, on its shard's thread.
class listener {
public:
  virtual ~listener() = default;

  /// The handshake succeeded.
  virtual void on_open() = 0;

  /// One text message; `text` is valid during the call only.
  virtual void on_text(std::string_view text) = 0;

  /// A binary message; its content is not looked at.
  virtual void on_binary() = 0;

  /// The end, exactly once, also for a handshake that failed. Nothing follows.
  virtual void on_closed(const closing& how) = 0;
};

/// The server's end of one WebSocket. It lives on its shard's thread and is
/// kept alive by its own reads until it is closed; it keeps its listener alive
/// just as long. No compression, no fragments; one write at a time.
class connection : public std::enable_shared_from_this<connection> {
public:
  virtual ~connection() = default;

  /// Queues one text message. What is `droppable` can be taken back with
  /// `drop` as long as its write has not begun. Too much in the queue: the
  /// peer does not read, so the connection is closed. Nothing is sent after
  /// `close`.
  virtual void send(std::string text, bool droppable = false) = 0;

  /// Takes back all droppable messages that wait. Returns how many.
  virtual std::size_t drop() = 0;

  /// An empty string with the room of an earlier message.
  virtual std::string make_buffer() = 0;

  /// Closes once all that is queued was written. `reason` is cut at 123 bytes.
  virtual void close(uint16_t code, std::string reason) = 0;

  /// Calls `f` once after `wait`, unless the connection is closed before or
  /// `after` is called again.
  virtual void after(std::chrono::milliseconds wait, std::function<void()> f)
    = 0;

  /// Runs `f` on the connection's thread. The only function for any thread.
  virtual void post(std::function<void()> f) = 0;

  /// The index of the connection's shard.
  virtual std::size_t shard() const = 0;
};

/// Completes a handshake. The listener hears `on_open` or `on_closed` later,
/// never during the call. Null, and the listener hears nothing, when the
/// handshake waits no more: possible only if it was kept for a while.
std::shared_ptr<connection>
accept(http::upgrade handshake, const options& limits,
       std::shared_ptr<listener> hears);

} // namespace velox::websocket
