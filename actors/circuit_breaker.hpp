#pragma once

#include <caf/actor_clock.hpp>
#include <caf/timespan.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace velox::actors {

struct breaker_policy {
  /// So many of the last `window` results have failed: open.
  std::size_t window = 20;
  std::size_t failures = 10;
  /// So many in a row have failed, whatever came before: open.
  std::size_t in_a_row = 5;
  /// How long it stays open; doubles up to `longest` with each failed probe.
  caf::timespan pause = std::chrono::seconds{5};
  caf::timespan longest = std::chrono::seconds{60};
  /// Results older than this say nothing about today.
  caf::timespan memory = std::chrono::seconds{60};
};

/// Whether a provider is worth asking, judged by its last results. Closed: ask.
/// Open: do not. Half-open, after a pause: one may ask; how that goes decides.
/// A plain class: time goes in, nothing is waited for.
class circuit_breaker {
public:
  using time_point = caf::actor_clock::time_point;

  enum class state : uint8_t { closed, open, half_open };

  explicit circuit_breaker(breaker_policy policy = {}) : policy_(policy) {}

  /// May one more ask? A yes in `half_open` makes that one the probe.
  bool admits(time_point now);

  /// The result of one who was admitted.
  void succeeded(time_point now);
  void failed(time_point now);

  /// The probe ended without a result; another may try.
  void abandoned() { probing_ = false; }

  /// The vendor asked for a pause (`Retry-After`): nobody asks before.
  void hold_off(caf::timespan span, time_point now);

  /// Another node's breaker has opened, or its vendor works again: do not ask
  /// for `span`, or find out at once. What comes then is decided by our own
  /// probe, so that no word from outside can keep it open.
  void open_elsewhere(caf::timespan span, time_point now);
  void closed_elsewhere(time_point now);

  /// How long it will be open yet; 0 when it is not.
  caf::timespan left(time_point now) const;

  /// Nothing asked of it has succeeded within the memory.
  bool unproven(time_point now) const;

  state now_in(time_point now) const;
  static const char* to_text(state x);

private:
  struct result {
    time_point at;
    bool ok = false;
  };

  void open(time_point now);
  void forget(time_point now);

  breaker_policy policy_;
  std::deque<result> results_;
  std::size_t row_ = 0; ///< failures since the last success
  std::optional<time_point> opened_until_;
  std::optional<time_point> held_until_;
  caf::timespan pause_{0}; ///< of the last opening
  bool probing_ = false;
};

} // namespace velox::actors
