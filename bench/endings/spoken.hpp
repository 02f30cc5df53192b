#pragma once

#include "bench/endings/corpus.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace velox::bench {

/// Time of the audio, from its first sample.
using audio_time = std::chrono::milliseconds;

/// An utterance as the telephone has it.
struct spoken {
  std::vector<uint8_t> mulaw; ///< 8 kHz
  audio_time begins{0};       ///< its first sound
  audio_time ends{0}; ///< its last above -60 dBFS: the caller has finished
  /// Where it pauses; each is silence for as long as the corpus says.
  struct pause {
    audio_time from;
    audio_time to;
  };
  std::vector<pause> pauses;
};

/// Quiet room before the caller speaks, long enough for the voice detection to
/// know its noise, and after, long enough for every limit of a turn.
inline constexpr audio_time room_before{800};
inline constexpr audio_time room_after{12'000};

/// Says `x` with its voice, its pauses and the noise of its room, which is the
/// same every time. Each breath is cut where its sound begins and ends, so that
/// the pauses are as written. Throws `std::invalid_argument` when there is
/// nothing to say or the voice is not known.
spoken speak_utterance(const utterance& x, audio_time after = room_after);

} // namespace velox::bench
