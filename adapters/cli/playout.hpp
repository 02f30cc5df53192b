#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace velox::cli {

/// How a carrier plays what the engine sends (Twilio Media Streams,
/// "WebSocket Messages"): audio is appended to a buffer that drains at 8000
/// bytes a second, a mark comes back when all that was queued before it has
/// been played, `clear` empties the buffer and returns every pending mark at
/// once. The clock is the caller's: each `play_out` is a stretch of real time.
class playout {
public:
  /// Queues mu-law audio behind what is queued already.
  void queue(std::span<const uint8_t> mulaw);

  /// Asks for `name` to come back once all that is queued now was played.
  /// With an empty buffer that is at once.
  void mark(std::string name);

  /// Drops all audio that was not played. Every pending mark is reached.
  /// Returns the number of bytes dropped.
  size_t clear();

  /// Plays the next `out.size()` bytes into `out`, silence when there are none
  /// left. Returns how many of them came from the buffer.
  size_t play_out(std::span<uint8_t> out);

  /// The marks reached since the last call, in their order.
  std::vector<std::string> take_reached();

  /// Bytes that wait to be played (8 a millisecond).
  size_t buffered() const { return buffer_.size(); }

  /// Marks that wait for their position.
  size_t pending_marks() const { return pending_.size(); }

private:
  struct pending_mark {
    std::string name;
    uint64_t position = 0; ///< bytes since the stream began
  };

  void collect_reached();

  std::deque<uint8_t> buffer_;
  std::deque<pending_mark> pending_;
  std::vector<std::string> reached_;
  uint64_t played_ = 0; ///< bytes that left the buffer since the stream began
};

} // namespace velox::cli
