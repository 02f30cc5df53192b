#pragma once

#include "persistence/redis/endpoint.hpp"
#include "persistence/redis/reply.hpp"
#include "persistence/redis/script.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace velox::persistence::redis {

/// What the engine would like to count. Empty functions are not called.
struct client_counters {
  /// A command was "ok", "refused" (by Redis) or "failed".
  std::function<void(std::string_view result)> command;
  std::function<void(bool)> up;
  std::function<void()> reconnected; ///< not for the first connection
};

struct client_options {
  endpoint where;
  /// For the connection and for each answer; then the connection counts as
  /// lost.
  std::chrono::milliseconds patience{500};
  /// Between attempts to connect: doubles from the first to the last, each
  /// shortened at random by up to a half.
  std::chrono::milliseconds first_pause{100};
  std::chrono::milliseconds longest_pause{5'000};
  /// Commands that may wait for an answer at once; more fail.
  size_t queue_limit = 20'000;
  /// Listened to on a connection of its own, subscribed again after a loss.
  std::vector<std::string> channels{};
  /// So long without a message, the subscription counts as lost: somebody has
  /// to publish more often than that.
  std::chrono::milliseconds longest_silence{15'000};
  client_counters counters{};
};

/// Redis from any thread, without waiting: commands go out in their order over
/// one connection that a thread of the client keeps up. While Redis is away
/// commands fail at once. All functions that it is given are called on its
/// thread and must be quick.
class client {
public:
  struct listener {
    /// Redis answers, or does no longer; told once per change.
    std::function<void(bool up, const std::string& why)> changed{};
    std::function<void(const std::string& channel, const std::string& text)>
      message{};
  };

  client(client_options options, listener to);

  /// Commands without an answer fail before it returns.
  ~client();

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Sends one command. `then` is called exactly once: on the client's thread,
  /// or, when too many wait, at once on this one.
  void send(std::vector<std::string> command, on_reply then);

  /// Runs `x`, which must live as long as the client.
  void run(const script& x, const std::vector<std::string>& keys,
           const std::vector<std::string>& arguments, on_reply then);

private:
  struct loop;
  std::shared_ptr<loop> loop_;
  std::thread thread_;
};

} // namespace velox::persistence::redis
