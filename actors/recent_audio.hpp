#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace velox::actors {

/// The caller's last words, kept for a recogniser that has to start afresh.
class recent_audio {
public:
  /// Two seconds: what a restart of the recogniser may take.
  static constexpr size_t limit_bytes = 16'000;

  /// What a voice said before it was noticed: up to 400 ms.
  static constexpr size_t onset_bytes = 3'200;

  /// One stretch of speech that nobody has understood yet.
  struct utterance {
    std::vector<uint8_t> mulaw;
    bool ended = false;
  };

  void add(const std::vector<uint8_t>& mulaw);

  /// The caller's voice began or ended at this point of the audio.
  void mark_voice(bool speaking);

  /// The oldest utterance that has ended is understood.
  void settle();

  /// What is to be heard again, oldest first; only the last may go on.
  std::vector<utterance> unsettled() const;

private:
  void keep_last(size_t count);

  std::deque<uint8_t> bytes_;
  uint64_t first_ = 0;        ///< the position in the call of the first byte
  std::deque<uint64_t> ends_; ///< of utterances that are not settled
  bool open_ = false;
};

} // namespace velox::actors
