#pragma once

#include "protocol/ports.hpp"

#include <memory>

namespace velox::speech {

/// When the caller counts as speaking. Levels are RMS of 20 ms, in dB of full
/// scale. The defaults were measured on telephone-like speech.
struct detector_options {
  /// Quieter is never speech.
  double quiet_dbfs = -46;
  /// Speech is this much louder than the noise on the line.
  double above_noise_db = 9;
  /// Speech for this long is an onset, in 20 ms frames.
  int onset_frames = 3;
  /// No speech for this long is the end.
  int hangover_ms = 450;
  /// How much quieter our own voice comes back, at the least likely to be ours.
  double echo_return_db = 25;
  /// What the caller must exceed the expected echo by.
  double above_echo_db = 8;
  /// How long after we play it an echo may come back.
  int echo_window_ms = 600;
};

/// WebRTC's voice detection behind a level gate that rises with the noise on
/// the line and with the echo that our own voice is expected to leave. About
/// 2 µs per 20 ms of audio.
std::unique_ptr<voice_detector>
make_voice_detector(const detector_options& options = {});

} // namespace velox::speech
