#pragma once

#include "actors/word_position.hpp"
#include "protocol/messages.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace velox::actors {

/// Keeps, for every turn of the agent, what of it was heard, what was sent but
/// not heard, and what was never sent: to the sentence by the carrier's marks,
/// to the word within a sentence that was cut off, by the times that the voice
/// told of its words, else by its share of the audio (word_position).
class heard_ledger {
public:
  /// What is planned from now on is said in this language (BCP 47), so the
  /// words that are heard are those of its spoken form. Empty: as written.
  void spoken_in(std::string language) { language_ = std::move(language); }

  /// A turn of the agent begins.
  void open(uint64_t turn);

  /// A sentence was given to the tts. Sentences arrive in order; one that is
  /// known already is ignored. A `filler` only passes the time: it is heard
  /// like any other, but is no part of the answer and is not said again.
  void
  planned(uint64_t turn, uint32_t index, std::string text, bool filler = false);

  /// All audio of the sentence, and of all before it, went to the carrier.
  void sent(uint64_t turn, uint32_t index);

  /// The caller heard the sentence and all before it.
  void heard(uint64_t turn, uint32_t index);

  /// All of the turn was heard: it is closed.
  void finished(uint64_t turn);

  /// The turn was cut off as `where` says: it is closed.
  void cut(const playback_cut& where);

  /// Nothing more will be known of the turn: what was not heard was not heard.
  void give_up(uint64_t turn);

  bool known(uint64_t turn) const { return turns_.count(turn) > 0; }

  /// Whether the fate of every word of the turn is known.
  bool closed(uint64_t turn) const;

  /// Whether all turns are closed: history may be told to a model.
  bool all_closed() const;

  /// All that the turn says, so far as it is planned. Without fillers: what the
  /// model has said.
  std::string text(uint64_t turn, bool with_fillers = true) const;

  /// The three states of the turn's words.
  heard_text state(uint64_t turn, bool with_fillers = true) const;

  /// The sentence that the caller hears now or next; empty when all is heard.
  std::string being_heard(uint64_t turn) const;

  /// The last sentence that is planned; empty when there is none.
  std::string last_sentence(uint64_t turn) const;

  /// How many sentences are planned, fillers included.
  uint32_t sentences(uint64_t turn) const;

  /// What is planned and has not gone to the carrier whole.
  std::vector<std::pair<uint32_t, std::string>>
  unsent(uint64_t turn, bool with_fillers = true) const;

  /// From the first unheard word to the end, sentence by sentence; no fillers.
  std::vector<std::string> remainder(uint64_t turn) const;

private:
  struct line {
    std::string text;
    double heard_share = 0; ///< 0 to 1
    double sent_share = 0;  ///< 0 to 1, never below heard_share
    bool filler = false;
    std::string language{}; ///< it is spoken in
    /// Where a cut was, as bytes of `text`: the ends of the last words heard
    /// and sent. Goes before the shares.
    std::optional<size_t> heard_until{};
    std::optional<size_t> sent_until{};

    size_t heard() const;
    size_t sent() const;
  };
  struct turn_lines {
    std::vector<line> lines;
    bool closed = false;
  };

  const turn_lines* find(uint64_t turn) const;
  line* find(uint64_t turn, uint32_t index);

  static void cut_line(line& x, const playback_cut& where);

  std::string language_;
  std::map<uint64_t, turn_lines> turns_;
};

} // namespace velox::actors
