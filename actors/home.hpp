#pragma once

#include <caf/actor_control_block.hpp>
#include <caf/execution_unit.hpp>
#include <caf/timespan.hpp>

#include <chrono>
#include <string_view>

namespace velox::actors {

/// Where pinned actors live: an execution unit that runs all of them on one
/// thread and keeps their timers. The implementation is `shard`.
class home : public caf::execution_unit {
public:
  using caf::execution_unit::execution_unit;

  /// Sends `caf::timeout_atom, number` to `receiver` after `span`. Called on
  /// the home thread only.
  virtual void wake(const caf::strong_actor_ptr& receiver, caf::timespan span,
                    uint64_t number)
    = 0;

  /// The actor with this id has ended: its timers are void.
  virtual void forget(caf::actor_id id) = 0;

  /// A handler kept the thread for `span`, longer than all others can wait.
  virtual void
  held_up(std::string_view actor, std::string_view message, caf::timespan span)
    = 0;

  /// Handlers slower than this are reported to `held_up`.
  static constexpr std::chrono::milliseconds patience{10};
};

} // namespace velox::actors
