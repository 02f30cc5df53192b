#pragma once

#include "protocol/messages.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace velox::speech {

/// What 20 ms of audio are like, as one tone.
struct tone_measure {
  double level_dbfs = -120; ///< of all of it
  double hz = 0;            ///< of the one sine wave that fits best
  double impurity = 1;      ///< 0: nothing but that sine wave; 1: not at all
  /// The power of its softest 2.5 ms in that of its loudest. Two tones at once,
  /// which `impurity` hardly notices when they are near each other, beat.
  double steadiness = 0;
};

/// The sine wave that explains `samples` best. Neighbours of a pure tone's
/// sample add up to 2 cos(w) times the sample; the least squares fit of that
/// gives the frequency, and what it leaves unexplained the impurity.
tone_measure measure_tone(std::span<const int16_t> samples);

/// Tells the beep of an answering machine, and a fax, from speech and music:
/// one pure tone, steady in pitch and loudness, out of the silence.
class tone_tracker {
public:
  /// 20 ms at 8 kHz.
  static constexpr size_t frame_size = 160;

  /// The next 20 ms. A beep is told when it has ended; a fax that answers (CED,
  /// 2100 Hz, ITU-T T.30) after 300 ms of it; a fax that calls (CNG, 1100 Hz
  /// for 0.5 s every 3 s) at its second tone, the first passes for a beep.
  std::optional<line_tone> add(std::span<const int16_t, frame_size> samples);

private:
  bool goes_on(const tone_measure& x) const;
  bool quiet_before(double tone_dbfs) const;
  std::optional<line_tone> add_to_tone(const tone_measure& x);
  std::optional<line_tone> end_tone();
  void begin_tone(const tone_measure& x);
  bool is_calling_fax();

  int64_t frame_ = 0; ///< frames so far
  /// The levels of the last frames that were no tone, in dBFS, as a ring.
  std::array<double, 6> before_{-120, -120, -120, -120, -120, -120};
  int tone_ = 0;      ///< frames of the tone
  int missed_ = 0;    ///< frames in a row that do not fit it
  bool told_ = false; ///< the tone was reported already
  double hz_ = 0;
  double level_ = 0;
  bool from_silence_ = false;
  int64_t last_cng_ = -100000; ///< the frame at which a CNG-like tone ended
};

} // namespace velox::speech
