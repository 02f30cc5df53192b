#include "persistence/reconnect_pause.hpp"

#include <algorithm>

namespace velox::persistence {

void reconnect_pause::failed(time_point now) {
  std::uniform_int_distribution<int64_t> shorter{next_.count() / 2,
                                                 next_.count()};
  until_ = now + std::chrono::milliseconds{shorter(chance_)};
  next_ = std::min(next_ * 2, longest);
}

void reconnect_pause::succeeded() {
  next_ = shortest;
  until_ = {};
}

} // namespace velox::persistence
