#include "actors/waiting_caller.hpp"

namespace velox::actors {

void waiting_caller::asked(time_point now) {
  since_ = now;
  filled_ = false;
}

void waiting_caller::heard_all(time_point now) {
  since_ = now;
}

std::optional<waiting_caller::time_point> waiting_caller::due() const {
  auto after = filled_ ? again_ : first_;
  if (!since_ || fillers_.empty() || after == caf::timespan{0})
    return std::nullopt;
  return *since_ + after;
}

std::string waiting_caller::filler(time_point now) {
  if (fillers_.empty())
    return {};
  // In turn, over all waits of the call: no two neighbours are the same, as
  // long as there are two.
  auto& result = fillers_[next_++ % fillers_.size()];
  filled_ = true;
  since_ = now;
  return result;
}

} // namespace velox::actors
