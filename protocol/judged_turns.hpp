#pragma once

#include "protocol/recognised_words.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Turns as a recogniser that judges them itself (Deepgram Flux, AssemblyAI)
/// tells of them, made to agree with our own voice detection.

namespace velox {

/// Every end of an utterance gets exactly one final, every turn of the vendor
/// is reported once. It neither waits nor sends; its owner keeps the time.
class judged_turns {
public:
  /// Our voice detection: the caller began to speak.
  void began();

  /// The caller stopped. Either a final is reported at once (the vendor was
  /// quicker), or one is due; while a turn is open it is held back.
  void ended(recognised_list& out);

  /// The vendor: a turn has begun. Turns are numbered upwards.
  void opened(int64_t turn);

  /// The words of a turn so far. An empty text opens no turn.
  void words(int64_t turn, std::string_view text, turn_hint hint,
             recognised_list& out);

  /// The turn is over. A turn that was reported before is ignored.
  void over(int64_t turn, std::string_view text, double confidence,
            recognised_list& out);

  /// The vendor took too long: all that is due, and the open turn, with what
  /// there is.
  void give_up(recognised_list& out);

  /// Whether the vendor hears a turn.
  bool open() const { return open_; }

  /// How many finals are owed.
  size_t due() const { return due_; }

private:
  std::string_view unreported(int64_t turn, std::string_view text) const;
  void
  report(std::string text, double confidence, bool sure, recognised_list& out);

  bool voice_ = false;
  bool open_ = false;
  bool answered_ = false; ///< a turn has ended during this utterance
  size_t due_ = 0;
  int64_t turn_ = -1; ///< the one that is or was open
  std::string text_;  ///< of the open turn
  turn_hint hint_ = turn_hint::none;
  int64_t ended_turn_ = -1; ///< the last that is over for good
  int64_t cut_turn_ = -1;   ///< reported by `give_up` before it was over
  std::string cut_text_;    ///< what was reported of it
};

} // namespace velox
