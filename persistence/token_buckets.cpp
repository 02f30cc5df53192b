#include "persistence/token_buckets.hpp"

#include <algorithm>
#include <cmath>

namespace velox::persistence {

request_allowed token_buckets::allow(const allow_request& x, time_point now) {
  auto per_ms = std::max<int64_t>(x.per_ms, 1);
  if (x.limit == 0)
    return {false, 0, per_ms};
  auto size = static_cast<double>(x.limit);
  auto per_token = static_cast<double>(per_ms) / size; // milliseconds
  auto i = buckets_.find(x.key);
  if (i == buckets_.end()) {
    make_room(now);
    i = buckets_.emplace(x.key, bucket{size, now, now}).first;
  }
  auto& mine = i->second;
  std::chrono::duration<double, std::milli> passed = now - mine.at;
  mine.tokens
    = std::min(size, mine.tokens + std::max(passed.count(), 0.0) / per_token);
  mine.at = now;
  request_allowed result;
  result.allowed = mine.tokens >= 1;
  if (result.allowed)
    mine.tokens -= 1;
  else
    result.retry_after_ms
      = static_cast<int64_t>(std::ceil((1 - mine.tokens) * per_token));
  result.left = static_cast<uint64_t>(mine.tokens);
  auto empty = std::chrono::duration<double, std::milli>{(size - mine.tokens)
                                                         * per_token};
  mine.full_at = now + std::chrono::duration_cast<caf::timespan>(empty);
  return result;
}

void token_buckets::make_room(time_point now) {
  if (buckets_.size() < limit)
    return;
  std::erase_if(buckets_, [now](auto& x) { return x.second.full_at <= now; });
  if (buckets_.size() < limit)
    return;
  // Whoever is that busy with strangers forgets a tenth of them, soonest
  // forgiven first.
  std::vector<time_point> ends;
  for (auto& [key, x] : buckets_)
    ends.push_back(x.full_at);
  auto tenth = ends.begin() + static_cast<ptrdiff_t>(ends.size() / 10);
  std::nth_element(ends.begin(), tenth, ends.end());
  std::erase_if(
    buckets_, [until = *tenth](auto& x) { return x.second.full_at <= until; });
}

} // namespace velox::persistence
