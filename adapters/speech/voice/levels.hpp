#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace velox::speech {

/// Samples of one frame: 20 ms at 8 kHz.
inline constexpr size_t frame_size = 160;

/// Milliseconds of one frame.
inline constexpr int frame_ms = 20;

/// The level of digital silence, and the lowest there is, in dBFS.
inline constexpr float silence_dbfs = -90;

/// RMS level of 16-bit samples in dB of full scale, at least `silence_dbfs`.
float level_of(std::span<const int16_t> samples);

/// The level of the noise behind the speech: the quietest frame of the last two
/// seconds (speech has gaps, noise has none).
class noise_floor {
public:
  void add(float dbfs);

  /// In dBFS; `silence_dbfs` for the first half second, too short to tell.
  float level() const { return level_; }

private:
  /// The minimum of each of the last stretches of 250 ms.
  static constexpr int stretch_frames = 12;
  static constexpr int least_stretches = 2;
  std::array<float, 8> minima_{}; ///< 0 dBFS: not yet known
  size_t next_ = 0;
  float minimum_ = 0;
  int frames_ = 0;
  int stretches_ = 0;
  float level_ = silence_dbfs;
};

/// How loud our own voice was when its echo may come back now. Holds levels
/// only, one per frame of what is queued for the caller, at most a minute.
class far_end_levels {
public:
  explicit far_end_levels(int window_ms);

  /// Queued for the caller, behind what was queued before; any length.
  void queue(std::span<const uint8_t> mulaw);

  /// What is not yet played will not be, save what is on the line already.
  void clear();

  /// Another frame's time has passed.
  void play_frame();

  /// The loudest level within the window, in dBFS.
  float loudest() const { return loudest_; }

private:
  static constexpr size_t max_queued = 3000;
  static constexpr size_t max_window = 64;

  void push(float dbfs);

  std::array<float, max_queued> queued_{};
  size_t first_ = 0;
  size_t count_ = 0;
  std::array<float, max_window> played_;
  size_t window_;
  size_t next_played_ = 0;
  float loudest_ = silence_dbfs;
  std::array<int16_t, frame_size> partial_{};
  size_t partial_size_ = 0;
};

} // namespace velox::speech
