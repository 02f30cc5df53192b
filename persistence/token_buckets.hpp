#pragma once

#include "protocol/sessions.hpp"

#include <caf/actor_clock.hpp>

#include <cstddef>
#include <string>
#include <unordered_map>

namespace velox::persistence {

/// Rate limits of one process: a token bucket per key. A plain class: time goes
/// in.
class token_buckets {
public:
  using time_point = caf::actor_clock::time_point;

  /// More keys are not remembered: the fullest buckets are forgotten first.
  static constexpr size_t limit = 100'000;

  /// Takes a token of `x.key`'s bucket when there is one. A limit of 0 allows
  /// nothing; a period below 1 ms counts as 1 ms.
  request_allowed allow(const allow_request& x, time_point now);

  size_t size() const { return buckets_.size(); }

private:
  struct bucket {
    double tokens = 0;
    time_point at;
    time_point full_at; ///< from then on it says nothing
  };

  void make_room(time_point now);

  std::unordered_map<std::string, bucket> buckets_;
};

} // namespace velox::persistence
