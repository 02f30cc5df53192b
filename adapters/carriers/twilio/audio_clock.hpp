#pragma once

#include "protocol/twilio_media.hpp"

#include <cstddef>
#include <cstdint>

namespace velox::carriers::twilio {

/// Where the caller's audio lies on the carrier's clock. Audio is counted by
/// its bytes; the time stamps only say where some is missing, for they jitter.
class audio_clock {
public:
  /// Time stamps may be off by this much before anything counts as lost.
  static constexpr int64_t tolerance_ms = 20;

  struct place {
    bool wanted = true; ///< false: a repetition, or far too late
    bool gap = false;   ///< something before it was lost
    int64_t at_ms = 0;  ///< of its first byte, since the stream began
  };

  /// A stretch of audio came. One whose chunk number was passed already is not
  /// wanted: the carrier's socket keeps the order, so it is a repetition, and
  /// what came since has been heard. A clock that goes backwards without that,
  /// or says nothing, is not believed: the audio is taken for the next.
  place next(const twilio_media& x);

private:
  int64_t origin_ms_ = 0; ///< of the audio since the last gap
  uint64_t bytes_ = 0;    ///< since then
  uint64_t chunk_ = 0;    ///< the highest number so far
  bool begun_ = false;
};

/// Counts a key that comes both as the carrier's event and as a tone in the
/// audio once. Each press on one side is matched by one on the other; times are
/// those of the audio, in ms.
class key_merger {
public:
  /// How long after the carrier's event its tone may be heard.
  static constexpr int64_t tone_after_ms = 300;
  /// How long after its tone began the carrier's event may come: some send it
  /// when the key is let go.
  static constexpr int64_t event_after_ms = 1000;

  /// Whether the key is to be reported.
  bool carrier_event(char digit, int64_t at_ms);
  bool tone(char digit, int64_t at_ms);

private:
  struct press {
    char digit = 0; ///< 0: none
    int64_t at_ms = 0;
  };

  static constexpr std::size_t most = 16;

  /// Presses of one side that the other has not confirmed, as a ring.
  struct unmatched {
    press presses[most];
    std::size_t next = 0;

    bool take(char digit, int64_t since);
    void add(char digit, int64_t at_ms);
  };

  unmatched events_;
  unmatched tones_;
};

} // namespace velox::carriers::twilio
