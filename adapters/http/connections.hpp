#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

/// INTERNAL to the server and to `websocket::accept`: who is connected.

namespace velox::http {

class metrics;
class connections;

/// The place of one connection on its shard. Created, used and destroyed on
/// the shard's thread; it counts as long as it lives.
class connection_slot {
public:
  connection_slot(std::shared_ptr<connections> owner, std::size_t shard);
  connection_slot(const connection_slot&) = delete;
  connection_slot& operator=(const connection_slot&) = delete;
  ~connection_slot();

  std::size_t shard() const { return shard_; }
  bool stopping() const;

  /// The server begins to stop: finish what is under way.
  std::function<void()> on_drain;
  /// The server has waited long enough: close.
  std::function<void()> on_evict;

private:
  std::shared_ptr<connections> owner_;
  std::size_t shard_;
};

/// All connections of one server, by shard.
class connections : public std::enable_shared_from_this<connections> {
public:
  connections(std::vector<boost::asio::io_context*> shards,
              std::shared_ptr<metrics> counts);

  /// The shard with the fewest connections, one added to it; nothing when
  /// there are `limit` already. The caller makes a slot for it.
  bool reserve(std::size_t limit, std::size_t& shard);

  boost::asio::io_context& context(std::size_t shard) {
    return *shards_[shard].context;
  }

  std::size_t total() const { return total_; }
  bool stopping() const { return stopping_; }

  /// See `server::stop`.
  void stop(std::chrono::milliseconds deadline, std::function<void()> stopped);

private:
  friend class connection_slot;

  struct shard {
    boost::asio::io_context* context = nullptr;
    std::atomic<std::size_t> count = 0;
    // The rest belongs to the shard's thread.
    std::unordered_set<connection_slot*> slots;
    std::vector<std::weak_ptr<boost::asio::steady_timer>> deadlines;
  };

  void call_all(shard& at, std::function<void()> connection_slot::*what);
  void release(std::size_t shard);
  void report_when_empty();

  std::vector<shard> shards_;
  std::shared_ptr<metrics> counts_;
  std::atomic<std::size_t> total_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::function<void()>> stopped_;
};

} // namespace velox::http
