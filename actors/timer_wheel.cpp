#include "actors/timer_wheel.hpp"

namespace velox::actors {

namespace {

timer_wheel::time_point round_up(timer_wheel::time_point at) {
  auto since_epoch = at.time_since_epoch();
  auto tick = std::chrono::duration_cast<timer_wheel::time_point::duration>(
    timer_wheel::tick);
  auto ticks
    = (since_epoch + tick - timer_wheel::time_point::duration{1}) / tick;
  return timer_wheel::time_point{ticks * tick};
}

} // namespace

void timer_wheel::add(time_point at, caf::weak_actor_ptr receiver,
                      caf::actor_id id, uint64_t number) {
  auto timer = timers_.emplace(
    round_up(at), entry{id, due_timer{std::move(receiver), number}});
  by_actor_.emplace(id, timer);
}

void timer_wheel::forget(caf::actor_id id) {
  auto [first, last] = by_actor_.equal_range(id);
  for (auto i = first; i != last; ++i)
    timers_.erase(i->second);
  by_actor_.erase(first, last);
}

std::vector<due_timer> timer_wheel::take_due(time_point now) {
  std::vector<due_timer> result;
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto timer = timers_.begin();
    result.push_back(std::move(timer->second.timer));
    forget_one(timer->second.id, timer);
    timers_.erase(timer);
  }
  return result;
}

std::optional<timer_wheel::time_point> timer_wheel::next() const {
  if (timers_.empty())
    return std::nullopt;
  return timers_.begin()->first;
}

void timer_wheel::forget_one(caf::actor_id id, timers::iterator timer) {
  auto [first, last] = by_actor_.equal_range(id);
  for (auto i = first; i != last; ++i) {
    if (i->second == timer) {
      by_actor_.erase(i);
      return;
    }
  }
}

} // namespace velox::actors
