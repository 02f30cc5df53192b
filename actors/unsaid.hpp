#pragma once

#include "protocol/messages.hpp"

#include <deque>

namespace velox::actors {

/// The sentences that a voice still owes, in order, and how much of the first
/// has come already. A plain class.
class unsaid {
public:
  struct owed {
    sentence what;
    uint64_t bytes = 0;               ///< of mu-law that have come
    std::vector<spoken_word> words{}; ///< whose times were told
    /// What another voice said of it, as bytes; the present one's offsets count
    /// from here.
    uint64_t base = 0;
    /// Where in `what.text` the present voice has begun.
    std::size_t begun_at = 0;
  };

  void add(const sentence& x) { owed_.push_back({x}); }
  void drop_up_to(uint64_t turn);
  bool empty() const { return owed_.empty(); }

  /// Takes a piece from the present voice. False when it belongs to no owed
  /// sentence. Its offset, and its words' times, are then those within the
  /// whole sentence.
  bool take(sentence_audio& x);

  /// Another voice goes on: what it has to say, in order. A sentence of which
  /// nothing is left is said already: `done` gets its end.
  std::vector<sentence> hand_over(std::vector<sentence_audio>& done);

private:
  std::deque<owed> owed_;
};

/// Where in `text` a voice was after `heard_ms` milliseconds: the first byte of
/// the first word that it had not finished. By the words' times as far as they
/// are known, else by the pace of usual speech.
std::size_t reached(const std::string& text,
                    const std::vector<spoken_word>& words, int64_t heard_ms);

} // namespace velox::actors
