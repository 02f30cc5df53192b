#include "actors/talk_meter.hpp"

namespace velox::actors {

uint64_t talk_meter::complete(time_point now) const {
  return now <= start_ ? 0 : static_cast<uint64_t>((now - start_) / length_);
}

int64_t talk_meter::tick_seconds() const {
  return std::chrono::ceil<std::chrono::seconds>(length_).count();
}

int64_t talk_meter::rest(time_point now) const {
  if (now <= start_)
    return 0;
  return std::chrono::ceil<std::chrono::seconds>((now - start_) % length_)
    .count();
}

int64_t talk_meter::total(time_point now) const {
  return static_cast<int64_t>(complete(now)) * tick_seconds() + rest(now);
}

} // namespace velox::actors
