#pragma once

#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>
#include <caf/timespan.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace velox::actors {

/// A timer that ran out: send `number` to `receiver`.
struct due_timer {
  caf::weak_actor_ptr receiver;
  uint64_t number = 0;
};

/// The timers of one shard, rounded up to ticks of 50 ms so that one wake-up
/// serves many calls. Unlike CAF's clock it lets go of an actor's timers when
/// the actor ends. Not thread-safe: it lives on its shard.
class timer_wheel {
public:
  using time_point = caf::actor_clock::time_point;

  static constexpr caf::timespan tick = std::chrono::milliseconds{50};

  /// Remembers to wake `receiver` at `at` (or up to one tick later).
  void add(time_point at, caf::weak_actor_ptr receiver, caf::actor_id id,
           uint64_t number);

  /// Drops all timers of the actor with this id.
  void forget(caf::actor_id id);

  /// Takes out what is due at `now`, earliest first.
  std::vector<due_timer> take_due(time_point now);

  /// When to look again; nothing while the wheel is empty.
  std::optional<time_point> next() const;

  size_t size() const { return timers_.size(); }

private:
  struct entry {
    caf::actor_id id = 0;
    due_timer timer;
  };
  using timers = std::multimap<time_point, entry>;

  void forget_one(caf::actor_id id, timers::iterator timer);

  timers timers_;
  std::unordered_multimap<caf::actor_id, timers::iterator> by_actor_;
};

} // namespace velox::actors
