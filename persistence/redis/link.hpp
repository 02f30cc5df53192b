#pragma once

#include "persistence/redis/endpoint.hpp"
#include "persistence/redis/reply.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct redisAsyncContext;

namespace velox::persistence::redis {

/// One connection to Redis, driven by its owner's poll(2): hiredis'
/// asynchronous context and what it waits for. All of it on one thread. It says
/// hello (AUTH, SELECT, PING) before it counts as ready.
class link {
public:
  using clock = std::chrono::steady_clock;

  struct listener {
    /// Redis has answered the hello.
    std::function<void()> ready;
    /// The connection is over, after all its commands have got their answers.
    std::function<void(const std::string& why)> gone;
    /// What was published on a channel that it subscribed to.
    std::function<void(const std::string& channel, const std::string& text)>
      message{};
  };

  /// `patience`: for the connection, for the hello and for each answer.
  link(endpoint where, std::chrono::milliseconds patience, listener to);
  ~link();

  link(const link&) = delete;
  link& operator=(const link&) = delete;

  /// Starts to connect. What goes wrong, now or later, is told to `gone`.
  void open();

  /// Ends the connection; every open command fails with `why`.
  void close(const std::string& why);

  /// Sends a command; to be called between `ready` and `gone`.
  void send(const std::vector<std::string>& command, on_reply then);

  /// From now on the connection is for these channels; after `ready`.
  void subscribe(const std::vector<std::string>& channels);

  bool is_open() const { return context_ != nullptr; }
  bool is_ready() const { return ready_; }

  /// Commands without an answer.
  size_t waiting() const { return sent_.size(); }

  /// When something came last.
  clock::time_point last_heard() const { return last_heard_; }

  // -- for the owner's loop

  int fd() const;
  short events() const; ///< for poll
  void on_events(short what);

  /// When `on_time` wants to be called; max: never.
  clock::time_point deadline() const;
  void on_time(clock::time_point now);

private:
  struct hooks;

  void hello();
  void command(const std::vector<std::string>& args, on_reply then);
  void answered();
  void end_if_gone();

  endpoint where_;
  std::chrono::milliseconds patience_;
  listener to_;
  redisAsyncContext* context_ = nullptr;
  bool reading_ = false;
  bool writing_ = false;
  bool ready_ = false;
  bool lost_ = false; ///< the context is gone, `gone` is not told yet
  std::string why_;
  clock::time_point opened_at_{};
  clock::time_point last_heard_{};
  std::deque<clock::time_point> sent_; ///< when, of commands without an answer
};

} // namespace velox::persistence::redis
