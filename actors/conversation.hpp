#pragma once

#include "actors/heard_ledger.hpp"
#include "protocol/messages.hpp"

#include <optional>
#include <string>
#include <vector>

namespace velox::actors {

/// What the agent is saying at the moment, and what follows it.
struct current_answer {
  uint64_t turn = 0;
  /// Whether a model makes it, who is to be asked again after a crash; else
  /// the call itself said it (greeting again, apology).
  bool from_model = false;
  prompt asked;            ///< what the model was asked
  std::string said_before; ///< of the same answer, in turns cut off before
  bool complete = false;   ///< all its sentences are known
  bool started = false;    ///< the first sound is out
  bool over = false;       ///< heard to its end, or cut off
  next_step then = next_step::listen;
  std::string transfer_to;
  std::string press; ///< keys, behind the last sentence
};

/// What must survive every child of a call: who said what, what of it was
/// heard, and the number of the turn. A plain class, so that its rules can be
/// read and tested without actors.
class conversation {
public:
  // -- the caller
  // --------------------------------------------------------------

  void user_said(std::string text);

  // -- the agent
  // ---------------------------------------------------------------

  /// The model is to answer: opens the next turn. The prompt holds the
  /// conversation as heard.
  prompt ask_model(double confidence, std::string keys = {});

  /// The prompt that `user_said` and `ask_model` would make; nothing changes.
  prompt preview(const std::string& user_words, double confidence) const;

  /// The call itself says `lines`: opens the next turn.
  std::vector<sentence> say(const std::vector<std::string>& lines);

  /// A sentence of the current answer was planned.
  void planned(const sentence& x);

  /// The model has finished. False when it is not the current answer's.
  bool answered(const answer_done& x);

  /// The caller has waited so long for the first sound of `turn`.
  void answered_after(uint64_t turn, int64_t milliseconds);

  /// What is needed to go on where `turn` was cut off without reason: opens the
  /// next turn.
  struct continuation {
    std::vector<sentence> lines; ///< unheard sentences, to be said again
    std::optional<prompt> rest;  ///< the model has more to say
  };
  std::optional<continuation> resume(uint64_t turn);

  /// The prompt for a fresh model in the middle of the current answer; nothing
  /// when it has no more to say.
  std::optional<prompt> ask_again() const;

  // -- what was said
  // -----------------------------------------------------------

  /// The conversation as the caller knows it.
  std::vector<chat_message> history() const;

  /// Takes over a conversation that began in another process: its messages,
  /// oldest first, and what the model wants to be reminded of.
  void restore(const std::vector<message_record>& messages, std::string memory);

  /// The user's or the agent's last message, to be stored. `at` is not set.
  message_record last_user_message() const;
  message_record agent_message(uint64_t turn) const;

  uint64_t turn() const { return turn_; }
  current_answer& current() { return current_; }
  const current_answer& current() const { return current_; }
  heard_ledger& ledger() { return ledger_; }
  const std::string& memory() const { return memory_; }

private:
  struct entry {
    bool user = false;
    uint64_t turn = 0; ///< of the agent; for the user, of the answer to it
    std::string text;  ///< the user's, or an agent's of another process
    bool interrupted = false; ///< an agent's of another process
    std::string model{};      ///< who answered
    token_usage usage{};
  };

  uint64_t open_turn();

  uint64_t turn_ = 0;
  std::vector<entry> entries_;
  heard_ledger ledger_;
  current_answer current_;
  std::string memory_;
  uint64_t timed_turn_ = 0; ///< the last one whose caller has waited
  int64_t latency_ms_ = 0;
};

} // namespace velox::actors
