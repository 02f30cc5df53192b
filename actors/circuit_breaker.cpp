#include "actors/circuit_breaker.hpp"

#include <algorithm>

namespace velox::actors {

const char* circuit_breaker::to_text(state x) {
  switch (x) {
    case state::closed: return "closed";
    case state::open: return "open";
    case state::half_open: return "half-open";
  }
  return "";
}

circuit_breaker::state circuit_breaker::now_in(time_point now) const {
  if (held_until_ && now < *held_until_)
    return state::open;
  if (!opened_until_)
    return state::closed;
  return now < *opened_until_ ? state::open : state::half_open;
}

bool circuit_breaker::admits(time_point now) {
  switch (now_in(now)) {
    case state::closed: return true;
    case state::open: return false;
    case state::half_open: return !std::exchange(probing_, true);
  }
  return false;
}

void circuit_breaker::succeeded(time_point now) {
  row_ = 0;
  probing_ = false;
  if (now_in(now) == state::half_open) {
    opened_until_.reset();
    results_.clear();
    pause_ = caf::timespan{0};
  }
  forget(now);
  results_.push_back({now, true});
}

void circuit_breaker::failed(time_point now) {
  probing_ = false;
  switch (now_in(now)) {
    case state::open: return; // asked before it opened; known already
    case state::half_open: open(now); return;
    case state::closed: break;
  }
  ++row_;
  forget(now);
  results_.push_back({now, false});
  auto bad = std::count_if(results_.begin(), results_.end(),
                           [](auto& x) { return !x.ok; });
  if (row_ >= policy_.in_a_row
      || static_cast<std::size_t>(bad) >= policy_.failures)
    open(now);
}

void circuit_breaker::hold_off(caf::timespan span, time_point now) {
  auto until = now + std::min(span, policy_.longest);
  held_until_ = held_until_ ? std::max(*held_until_, until) : until;
}

void circuit_breaker::open_elsewhere(caf::timespan span, time_point now) {
  span = std::min(span, policy_.longest);
  if (span <= caf::timespan{0})
    return;
  auto until = now + span;
  opened_until_ = opened_until_ ? std::max(*opened_until_, until) : until;
  pause_ = std::max(pause_, policy_.pause);
  probing_ = false;
}

void circuit_breaker::closed_elsewhere(time_point now) {
  if (opened_until_ && now < *opened_until_)
    opened_until_ = now;
}

caf::timespan circuit_breaker::left(time_point now) const {
  caf::timespan result{0};
  if (opened_until_)
    result = std::max<caf::timespan>(result, *opened_until_ - now);
  if (held_until_)
    result = std::max<caf::timespan>(result, *held_until_ - now);
  return result;
}

bool circuit_breaker::unproven(time_point now) const {
  return std::none_of(results_.begin(), results_.end(), [&](auto& x) {
    return x.ok && now - x.at <= policy_.memory;
  });
}

void circuit_breaker::open(time_point now) {
  pause_ = std::clamp(pause_ * 2, policy_.pause, policy_.longest);
  opened_until_ = now + pause_;
  results_.clear();
  row_ = 0;
}

void circuit_breaker::forget(time_point now) {
  while (!results_.empty()
         && (results_.size() >= policy_.window
             || now - results_.front().at > policy_.memory))
    results_.pop_front();
}

} // namespace velox::actors
