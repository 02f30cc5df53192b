#pragma once

#include "actors/home.hpp"

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace velox::actors {

/// One core's worth of calls: an io_context with its one thread, on which the
/// sockets, actors and timers of many calls run without locks or hand-overs
/// (shared/media-path.md).
class shard final : public home {
public:
  shard(caf::actor_system& sys, size_t index);
  ~shard() override;

  shard(const shard&) = delete;
  shard& operator=(const shard&) = delete;

  size_t index() const noexcept;

  /// What sockets of this shard are made with.
  boost::asio::io_context& io() noexcept;

  /// Starts the thread.
  void start();

  /// Ends the thread. Actors that still live here never run again, so end them
  /// first.
  void stop();

  /// Runs `task` on the shard's thread, from any thread.
  void post(std::function<void()> task);

  /// Runs what is ready now, up to a bound. On the shard's thread only: a
  /// socket calls it after it has sent messages, to save a turn of the event
  /// loop.
  void run_ready();

  /// How many timers are set. On the shard's thread only.
  size_t timers() const;

  void exec_later(caf::resumable* job) override;
  void wake(const caf::strong_actor_ptr& receiver, caf::timespan span,
            uint64_t number) override;
  void forget(caf::actor_id id) override;
  void held_up(std::string_view actor, std::string_view message,
               caf::timespan span) override;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace velox::actors
