#include "actors/media_clock.hpp"

#include <algorithm>
#include <chrono>

namespace velox::actors {

namespace {

constexpr int64_t bytes_per_ms = 8; // mu-law, 8 kHz

int64_t ms_of(caf::timespan span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

} // namespace

int64_t media_clock::arrived(int64_t at_ms, size_t bytes, time_point now) {
  auto length = static_cast<int64_t>(bytes) / bytes_per_ms;
  auto at = at_ms >= 0 ? at_ms : next_ms_;
  next_ms_ = at + length;
  auto behind = ms_of(now - began_) - next_ms_;
  behind_ms_ = std::min(behind_ms_.value_or(behind), behind);
  return at;
}

int64_t media_clock::ms_at(time_point at) const {
  return std::max<int64_t>(ms_of(at - began_) - behind_ms_.value_or(0), 0);
}

} // namespace velox::actors
