#include "adapters/speech/voice/levels.hpp"

#include "protocol/g711.hpp"

#include <algorithm>
#include <cmath>

namespace velox::speech {

namespace {

/// What the carrier may still play of the queue when a `clear` overtakes it, in
/// frames: 200 ms.
constexpr size_t on_the_line = 10;

} // namespace

float level_of(std::span<const int16_t> samples) {
  if (samples.empty())
    return silence_dbfs;
  float power = 0;
  for (auto x : samples)
    power += static_cast<float>(x) * static_cast<float>(x);
  power /= static_cast<float>(samples.size()) * 32768.f * 32768.f;
  return std::max(silence_dbfs, 10 * std::log10(power + 1e-10f));
}

void noise_floor::add(float dbfs) {
  minimum_ = std::min(minimum_, dbfs);
  if (++frames_ < stretch_frames)
    return;
  minima_[next_] = minimum_;
  next_ = (next_ + 1) % minima_.size();
  minimum_ = 0;
  frames_ = 0;
  if (stretches_ < least_stretches)
    ++stretches_;
  if (stretches_ == least_stretches)
    level_ = *std::min_element(minima_.begin(), minima_.end());
}

far_end_levels::far_end_levels(int window_ms)
  : window_(std::clamp<size_t>(static_cast<size_t>(window_ms / frame_ms), 1,
                               max_window)) {
  played_.fill(silence_dbfs);
}

void far_end_levels::queue(std::span<const uint8_t> mulaw) {
  for (auto byte : mulaw) {
    partial_[partial_size_++] = mulaw_to_linear(byte);
    if (partial_size_ == frame_size) {
      push(level_of(partial_));
      partial_size_ = 0;
    }
  }
}

void far_end_levels::push(float dbfs) {
  // Nobody plays a minute ahead; if so, the end of it is only louder at worst.
  if (count_ == max_queued) {
    auto last = (first_ + count_ - 1) % max_queued;
    queued_[last] = std::max(queued_[last], dbfs);
    return;
  }
  queued_[(first_ + count_) % max_queued] = dbfs;
  ++count_;
}

void far_end_levels::clear() {
  count_ = std::min(count_, on_the_line);
  partial_size_ = 0;
}

void far_end_levels::play_frame() {
  auto now = silence_dbfs;
  if (count_ > 0) {
    now = queued_[first_];
    first_ = (first_ + 1) % max_queued;
    --count_;
  } else if (partial_size_ > 0) {
    now = level_of(std::span{partial_}.first(partial_size_));
    partial_size_ = 0;
  }
  played_[next_played_] = now;
  next_played_ = (next_played_ + 1) % window_;
  loudest_ = *std::max_element(
    played_.begin(), played_.begin() + static_cast<ptrdiff_t>(window_));
}

} // namespace velox::speech
