#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace velox::carriers::twilio {

/// How often each call was taken up again. Remembers the calls heard of last,
/// up to a limit. Any thread.
class resume_counter {
public:
  explicit resume_counter(std::size_t limit = 10'000) : limit_(limit) {}

  /// Counts one more; returns how often it was with this one.
  unsigned add(const std::string& call_id) {
    std::lock_guard guard(mutex_);
    if (auto i = index_.find(call_id); i != index_.end()) {
      calls_.splice(calls_.begin(), calls_, i->second);
    } else {
      calls_.push_front({call_id, 0});
      index_[call_id] = calls_.begin();
      if (calls_.size() > limit_) {
        index_.erase(calls_.back().id);
        calls_.pop_back();
      }
    }
    return ++calls_.front().times;
  }

private:
  struct entry {
    std::string id;
    unsigned times = 0;
  };

  std::size_t limit_;
  std::mutex mutex_;
  std::list<entry> calls_; ///< last used first
  std::unordered_map<std::string, std::list<entry>::iterator> index_;
};

} // namespace velox::carriers::twilio
