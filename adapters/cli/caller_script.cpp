#include "adapters/cli/caller_script.hpp"

#include "protocol/g711.hpp"

#include <algorithm>
#include <utility>

namespace velox::cli {

namespace {

/// Speech is louder than this, in dBFS.
constexpr double voice_threshold = -45;

/// A silence within queued audio that is longer ends the utterance.
constexpr call_time longest_pause{2'000};

/// Between two keys, about the pace of a person.
constexpr call_time key_spacing{200};

/// The noise of a quiet room in mu-law: linear -16 to 16, -66 dBFS.
constexpr std::array<uint8_t, 8> quiet_room{0xFF, 0x7F, 0xFE, 0x7E,
                                            0xFF, 0x7F, 0xFD, 0x7D};

/// Where the last frame with voice in it ends.
size_t end_of_voice(std::span<const uint8_t> audio) {
  auto end = audio.size();
  while (end > 0) {
    auto frame = std::min(end, frame_size);
    if (voiced(audio.subspan(end - frame, frame)))
      return end;
    end -= frame;
  }
  return audio.size();
}

} // namespace

bool voiced(std::span<const uint8_t> mulaw) {
  return level_dbfs(mulaw) > voice_threshold;
}

// -- agent_ear ----------------------------------------------------------------

agent_ear::change agent_ear::hear(std::span<const uint8_t> frame,
                                  bool more_queued, call_time now) {
  if (voiced(frame)) {
    last_heard_ = now + frame_length;
    if (std::exchange(speaking_, true))
      return change::none;
    began_ = now;
    return change::started;
  }
  if (!speaking_)
    return change::none;
  auto quiet = now + frame_length - *last_heard_;
  if (quiet < (more_queued ? std::max(longest_pause, pause_) : pause_))
    return change::none;
  speaking_ = false;
  return change::ended;
}

agent_ear::change agent_ear::stop() {
  return std::exchange(speaking_, false) ? change::ended : change::none;
}

// -- caller_script ------------------------------------------------------------

caller_script::caller_script(std::vector<script_step> steps,
                             script_options options)
  : steps_(std::move(steps)), options_(options) {}

caller_script::action caller_script::next(const agent_ear& ear, call_time now) {
  action result;
  hiss(result.audio);
  if (!busy_ && current_ < steps_.size() && may_begin(ear, now)) {
    busy_ = true;
    position_ = 0;
    next_key_ = now;
    voiced_end_ = end_of_voice(steps_[current_].audio);
    result.began = &steps_[current_];
  }
  if (busy_) {
    if (steps_[current_].audio.empty())
      press(result, now);
    else
      speak(result, now);
  } else if (current_ == steps_.size()) {
    auto since = std::max(last_spoke_.value_or(call_time{0}),
                          ear.last_heard().value_or(call_time{0}));
    auto limit = answered(ear) ? options_.goodbye : options_.patience;
    result.hang_up = !ear.speaking() && now - since >= limit;
  }
  return result;
}

bool caller_script::may_begin(const agent_ear& ear, call_time now) const {
  auto at = steps_[current_].barge_in_at;
  if (at && ear.speaking())
    return answered(ear) && now - *ear.began() >= *at;
  if (ear.speaking())
    return false;
  if (answered(ear))
    return true;
  auto since = std::max(last_spoke_.value_or(call_time{0}),
                        ear.last_heard().value_or(call_time{0}));
  return now - since >= options_.patience;
}

/// Whether the agent has said something since the caller last spoke.
bool caller_script::answered(const agent_ear& ear) const {
  return ear.began() && (!last_spoke_ || *ear.began() >= *last_spoke_);
}

void caller_script::speak(action& result, call_time now) {
  const auto& audio = steps_[current_].audio;
  auto n = std::min(frame_size, audio.size() - position_);
  std::copy_n(audio.begin() + static_cast<std::ptrdiff_t>(position_), n,
              result.audio.begin());
  if (position_ < voiced_end_)
    last_spoke_ = now + frame_length;
  position_ += n;
  if (position_ == audio.size())
    finish_step(result);
}

void caller_script::press(action& result, call_time now) {
  if (now < next_key_)
    return;
  const auto& digits = steps_[current_].digits;
  result.digit = digits[position_++];
  next_key_ = now + key_spacing;
  last_spoke_ = now + frame_length;
  if (position_ == digits.size())
    finish_step(result);
}

void caller_script::finish_step(action& result) {
  result.ended = &steps_[current_++];
  busy_ = false;
}

void caller_script::hiss(audio_frame& audio) {
  for (auto& x : audio) {
    // A linear congruential generator ("Numerical Recipes", 7.1): the same
    // noise in every call, so that a call can be repeated.
    noise_ = noise_ * 1664525u + 1013904223u;
    x = quiet_room[noise_ >> 29];
  }
}

} // namespace velox::cli
