#include "adapters/carriers/twilio/audio_clock.hpp"

#include <algorithm>

namespace velox::carriers::twilio {

namespace {

constexpr uint64_t bytes_per_ms = 8;

/// A stream lasts a month at most; what is beyond is no time.
constexpr uint64_t latest_ms = 31ull * 24 * 3600 * 1000;

} // namespace

audio_clock::place audio_clock::next(const twilio_media& x) {
  if (x.chunk != 0 && x.chunk <= chunk_)
    return {false, false, 0};
  chunk_ = std::max(chunk_, x.chunk);
  auto known = x.timestamp_ms <= latest_ms;
  auto said = static_cast<int64_t>(known ? x.timestamp_ms : 0);
  auto due = origin_ms_ + static_cast<int64_t>(bytes_ / bytes_per_ms);
  place result;
  if (!begun_) {
    begun_ = true;
    due = origin_ms_ = said;
  } else if (said > due + tolerance_ms) {
    result.gap = true;
    due = origin_ms_ = said;
    bytes_ = 0;
  }
  result.at_ms = due;
  bytes_ += x.payload_size;
  return result;
}

bool key_merger::unmatched::take(char digit, int64_t since) {
  // The oldest first: that is the one which the other side reports now.
  for (std::size_t i = 0; i < most; ++i) {
    auto& x = presses[(next + i) % most];
    if (x.digit != digit || x.at_ms < since)
      continue;
    x.digit = 0;
    return true;
  }
  return false;
}

void key_merger::unmatched::add(char digit, int64_t at_ms) {
  presses[next] = {digit, at_ms};
  next = (next + 1) % most;
}

bool key_merger::carrier_event(char digit, int64_t at_ms) {
  if (tones_.take(digit, at_ms - event_after_ms))
    return false;
  events_.add(digit, at_ms);
  return true;
}

bool key_merger::tone(char digit, int64_t at_ms) {
  if (events_.take(digit, at_ms - tone_after_ms))
    return false;
  tones_.add(digit, at_ms);
  return true;
}

} // namespace velox::carriers::twilio
