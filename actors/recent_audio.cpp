#include "actors/recent_audio.hpp"

#include <algorithm>

namespace velox::actors {

void recent_audio::add(const std::vector<uint8_t>& mulaw) {
  bytes_.insert(bytes_.end(), mulaw.begin(), mulaw.end());
  keep_last(limit_bytes);
}

void recent_audio::mark_voice(bool speaking) {
  if (speaking == open_)
    return;
  open_ = speaking;
  if (!speaking)
    ends_.push_back(first_ + bytes_.size());
  else if (ends_.empty()) // what is behind us was understood or is silence
    keep_last(onset_bytes);
}

void recent_audio::settle() {
  if (ends_.empty())
    return;
  auto end = std::max(ends_.front(), first_);
  ends_.pop_front();
  keep_last(static_cast<size_t>(first_ + bytes_.size() - end));
}

void recent_audio::keep_last(size_t count) {
  if (bytes_.size() <= count)
    return;
  auto surplus = bytes_.size() - count;
  bytes_.erase(bytes_.begin(),
               bytes_.begin() + static_cast<ptrdiff_t>(surplus));
  first_ += surplus;
}

std::vector<recent_audio::utterance> recent_audio::unsettled() const {
  std::vector<utterance> result;
  auto from = bytes_.begin();
  for (auto end : ends_) {
    auto until
      = bytes_.begin() + static_cast<ptrdiff_t>(std::max(end, first_) - first_);
    result.push_back({{from, until}, true});
    from = until;
  }
  if (open_)
    result.push_back({{from, bytes_.end()}, false});
  return result;
}

} // namespace velox::actors
