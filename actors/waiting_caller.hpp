#pragma once

#include "protocol/manners.hpp"

#include <caf/actor_clock.hpp>

#include <optional>
#include <string>
#include <vector>

namespace velox::actors {

/// Knows since when the caller waits for an answer and hears nothing, and what
/// to say then. A plain class.
class waiting_caller {
public:
  using time_point = caf::actor_clock::time_point;

  waiting_caller() = default;

  waiting_caller(const manners& how, std::vector<std::string> fillers)
    : first_(how.filler_after), again_(how.filler_again),
      fillers_(std::move(fillers)) {}

  /// The caller has asked something: they wait from now on.
  void asked(time_point now);

  /// They have heard all there is of an answer that goes on.
  void heard_all(time_point now);

  /// They hear something, or wait for nothing.
  void is_served() { since_.reset(); }

  /// Since when they wait; nothing while they do not.
  std::optional<time_point> since() const { return since_; }

  /// When to say a filler; nothing while there is no need, or no filler.
  std::optional<time_point> due() const;

  /// What to say now: never the same twice in a row, and the next one is due
  /// later. Empty without fillers.
  std::string filler(time_point now);

private:
  caf::timespan first_{0};
  caf::timespan again_{0};
  std::vector<std::string> fillers_;
  std::optional<time_point> since_;
  bool filled_ = false; ///< in this wait, or earlier in this turn
  size_t next_ = 0;
};

} // namespace velox::actors
