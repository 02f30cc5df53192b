#include "adapters/recording/tracks.hpp"

#include "protocol/g711.hpp"

#include <algorithm>
#include <utility>

namespace velox::recording {

namespace {

constexpr int64_t samples_per_ms = mulaw_rate / 1000;

/// What is handed on at a time: a second of both sides.
constexpr int64_t piece_samples = mulaw_rate;

} // namespace

recording_tracks::recording_tracks(int64_t longest_ms, sink out)
  : longest_(longest_ms * samples_per_ms), out_(std::move(out)),
    ring_(static_cast<size_t>(2 * window), mulaw_silence) {
  piece_.reserve(static_cast<size_t>(2 * piece_samples));
}

uint8_t& recording_tracks::at(side whose, int64_t sample) {
  auto index = 2 * (sample % window) + (whose == side::agent ? 1 : 0);
  return ring_[static_cast<size_t>(index)];
}

void recording_tracks::hand_on(int64_t until) {
  while (handed_on_ < until) {
    auto count = std::min(until - handed_on_, piece_samples);
    piece_.clear();
    for (int64_t i = handed_on_; i < handed_on_ + count; ++i)
      for (auto whose : {side::caller, side::agent})
        piece_.push_back(std::exchange(at(whose, i), mulaw_silence));
    handed_on_ += count;
    out_(piece_);
  }
}

/// Hands on what is older than the slack once something ends at `end`.
void recording_tracks::make_room(int64_t end) {
  end_ = std::max(end_, end);
  // In whole seconds, so that the sink gets few pieces of one size.
  auto due = end_ - slack_ms * samples_per_ms;
  if (due >= handed_on_ + piece_samples)
    hand_on(due - (due - handed_on_) % piece_samples);
}

void recording_tracks::place(side whose, int64_t at_ms,
                             std::span<const uint8_t> mulaw) {
  if (at_ms >= longest_ / samples_per_ms)
    return;
  // Far before the call began: not even its end can matter.
  if (at_ms < -longest_ / samples_per_ms)
    return;
  auto first = at_ms * samples_per_ms;
  auto size = static_cast<int64_t>(mulaw.size());
  auto last = std::min(first + size, longest_);
  for (auto i = std::max(first, handed_on_); i < last;) {
    auto stop = std::min(last, i + piece_samples);
    make_room(stop);
    for (i = std::max(i, handed_on_); i < stop; ++i)
      at(whose, i) = mulaw[static_cast<size_t>(i - first)];
  }
}

void recording_tracks::cut(int64_t at_ms) {
  auto from = std::clamp(at_ms, int64_t{0}, end_ / samples_per_ms + 1);
  for (auto i = std::max(from * samples_per_ms, handed_on_); i < end_; ++i)
    at(side::agent, i) = mulaw_silence;
}

void recording_tracks::finish(int64_t length_ms) {
  auto whole = length_ms < 0 ? end_
                             : std::min(length_ms, longest_ / samples_per_ms)
                                 * samples_per_ms;
  hand_on(std::max(whole, handed_on_));
}

} // namespace velox::recording
