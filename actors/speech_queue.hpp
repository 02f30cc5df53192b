#pragma once

#include "protocol/messages.hpp"

#include <caf/actor_clock.hpp>
#include <caf/timespan.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace velox::actors {

/// What the agent says, between the synthesiser and the wire: one turn's
/// sentences, handed out ahead of real time but never far ahead, with a mark
/// behind each. It knows what was played by the marks that came back and, in
/// between, by the clock.
class speech_queue {
public:
  using time_point = caf::actor_clock::time_point;

  /// How far the carrier may be ahead of the caller's ear. More would make
  /// `clear` costly and what was heard uncertain.
  static constexpr caf::timespan lead = std::chrono::seconds{1};

  /// Audio goes out in pieces of this length.
  static constexpr size_t piece_bytes = 1600; // 200 ms

  /// A mark that is this late is never coming: go by the clock.
  static constexpr caf::timespan mark_grace = std::chrono::seconds{3};

  /// One thing to write to the carrier: audio, or the mark behind a sentence.
  struct output {
    std::span<const uint8_t> audio; ///< valid until the queue is changed
    std::string mark;
  };

  /// What the caller has come to hear, or what went out, since the last look.
  struct progress {
    bool started = false; ///< the first audio of the turn went out
    std::vector<sentence_sent> sent;
    std::vector<sentence_heard> heard;
    bool finished = false; ///< the caller has heard the whole turn
  };

  /// Takes a piece of audio in. Pieces of cancelled turns and what is here
  /// already are dropped; a new turn begins with its first piece.
  void add(const sentence_audio& x);

  /// The turn has this many sentences in all.
  void complete(const sentences_complete& x);

  /// What is to be written at `now`.
  std::vector<output> take_due(time_point now);

  /// The carrier says that the caller has heard all up to the mark.
  void reached(const std::string& mark, time_point now);

  /// Drops `turn` and those before it. Returns where `turn` was cut; nothing
  /// when it is over already. Take the progress first: it is void afterwards.
  std::optional<playback_cut> cancel(uint64_t turn, time_point now);

  /// What has happened since the last call; looks for late marks, too.
  progress take_progress(time_point now);

  /// When to look again; nothing while there is nothing to wait for.
  std::optional<caf::timespan> next_look(time_point now) const;

  /// Since when the caller waits for more of an unfinished turn.
  std::optional<time_point> dry_since() const;

  /// Whether the caller hears nothing of the turn, and nothing is at hand.
  bool idle(time_point now) const;

  uint64_t turn() const { return turn_; }

private:
  struct line {
    std::vector<uint8_t> audio;
    size_t sent = 0;       ///< how many bytes of `audio` went out
    bool complete = false; ///< `audio` is all there is
    bool marked = false;   ///< its mark went out
    time_point ends{};     ///< when the last byte sent is heard, by the clock
    /// Words whose times the voice told, in order.
    std::vector<spoken_word> words{};
  };

  void begin(uint64_t turn);
  static void add_words(line& to, const std::vector<spoken_word>& words);
  bool send_piece(line& x, std::vector<output>& to, time_point now);
  playback_cut cut_at(time_point now) const;
  std::string mark_name(size_t index) const;
  void hear_through(size_t index);

  uint64_t turn_ = 0;
  uint64_t cancelled_ = 0;
  std::vector<line> lines_;
  size_t sending_ = 0; ///< index of the sentence that goes out
  size_t heard_ = 0;   ///< how many sentences were heard
  std::optional<uint32_t> count_;
  bool started_ = false; ///< the first audio of the turn went out
  bool finished_ = false;
  time_point played_until_{};
  progress news_;
};

} // namespace velox::actors
