#pragma once

#include "actors/completeness.hpp"
#include "actors/phrases.hpp"
#include "actors/turn_table.hpp"
#include "protocol/messages.hpp"
#include "protocol/turn_policy.hpp"

#include <caf/actor_clock.hpp>
#include <caf/timespan.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace velox::actors {

/// Decides who has the floor. A plain state machine: events and the time go in,
/// actions come out; no actor, no clock, no wire. What follows what is one
/// table, turn_table.cpp; docs/turns.md shows it. Here is what the table's
/// conditions and steps mean.
class turn_machine {
public:
  using time_point = caf::actor_clock::time_point;
  using state = turn_state;

  /// What the world is to do. Words, cancel and so on are the messages of
  /// messages.hpp.
  using action
    = std::variant<user_turn, cancel, resume_turn, caller_idle, stage_late,
                   words_final, turn_likely_over, turn_goes_on, presence_asked>;

  /// A voice that has lasted this long says more than "mm-hm", whatever was
  /// understood of it so far.
  static constexpr caf::timespan longest_backchannel = std::chrono::seconds{1};

  /// "Yes" beside the last words of a yes/no question answers it when it is
  /// understood this long before their end, or less.
  static constexpr caf::timespan early_answer = std::chrono::seconds{1};

  explicit turn_machine(turn_policy policy = {});

  /// Nobody speaks, and from now on the caller may be idle.
  void begin(time_point now);

  /// The caller speaks another language from now on (BCP 47). The agent's own
  /// list of backchannels was in the first one.
  void judge_in(const std::string& language);

  // -- events
  // ------------------------------------------------------------------

  void on(const voice_started&, time_point now);
  void on(const voice_stopped&, time_point now);
  void on(const words_partial& x, time_point now);
  void on(const key_pressed& x, time_point now);
  void on(const words_final& x, time_point now);
  void on(const floor_taken& x, time_point now);
  void on(const question_asked& x, time_point now);
  void on(const playback_started& x, time_point now);
  void on(const playback_finished& x, time_point now);

  /// Time has come to `now`: see whether a limit has been passed.
  void on_time(time_point now);

  // -- results
  // -----------------------------------------------------------------

  /// What the events so far ask for, in order; empty afterwards.
  std::vector<action> take_actions();

  /// When to call `on_time`, unless an event comes first. May have passed.
  std::optional<time_point> next_look() const { return deadline_; }

  state now_in() const { return state_; }

  /// The row that the last event took; null when the event was dropped before
  /// the table: a voice that began twice, words that came too late, a key that
  /// is none. For tests.
  const turn_rule* last_rule() const { return last_rule_; }

  /// The state's name for the console.
  static const char* to_text(state x) { return actors::to_text(x); }

private:
  /// What the recogniser's last words were.
  enum class understood : uint8_t { nothing, backchannel, presence, words };

  void follow(turn_event event, time_point now);
  bool holds(turn_guard x, time_point now) const;
  void perform(turn_step x, time_point now);
  void enter(state next, time_point now);

  bool voice_cuts(time_point now) const;
  bool words_cut() const;
  bool cut_for_noise() const;
  bool words_coming() const;
  bool may_interrupt() const;
  bool over_agent() const;
  bool caller_voice() const;
  caf::timespan least_voice() const;

  understood classify(const std::string& text) const;
  void add_words(const std::string& text, time_point now);
  void on_hint(const words_partial& x, time_point now);
  void answer_early(time_point now);
  void give_up_words(time_point now);
  void expect_no_words(time_point now);
  void cut();
  void give_turn(time_point now);
  void forget_turn();

  std::optional<time_point> deadline() const;
  time_point finishing_until() const;

  turn_policy policy_;
  phrases backchannels_;
  phrases presence_;
  completeness completeness_;

  state state_ = state::listening;
  std::optional<time_point> deadline_;
  std::vector<action> actions_;
  const turn_rule* last_rule_ = nullptr;

  // -- the agent

  uint64_t turn_ = 0; ///< the agent's current or last turn
  bool interruptible_ = true;
  bool turn_open_ = false; ///< the agent is not done with `turn_`
  question question_;      ///< what it has asked the caller
  /// A turn that the caller's voice, not yet their words, has cut off.
  uint64_t interrupted_ = 0;
  bool beside_agent_ = false; ///< ... while the agent was heard
  uint64_t resumed_ = 0;      ///< the call was asked to go on with this one
  bool presence_due_ = false; ///< asked before the answer had a number

  // -- the event at hand

  understood understood_ = understood::nothing;
  std::string partial_; ///< what the caller seems to be saying
  bool sure_ = false;   ///< somebody, voice or recogniser, vouches for it
  words_final aside_;   ///< the last that was a backchannel
  time_point aside_at_{};
  bool turn_over_ = false;
  bool ends_none_ = false;
  bool old_turn_ = false;
  bool same_turn_ = false;

  // -- the caller

  bool voice_ = false;
  /// An answer was made without waiting for the end of this voice.
  bool voice_given_up_ = false;
  bool noise_ = false; ///< this voice was taken for a noise
  time_point voice_since_{};
  time_point quiet_since_{};
  caf::timespan spoken_{0};   ///< how long the caller spoke in this turn
  uint32_t finals_due_ = 0;   ///< utterances whose words are still to come
  uint32_t finals_stale_ = 0; ///< given up on, but they may still come
  time_point stale_until_{};  ///< later than this, a final is a new one
  std::string words_;         ///< of the turn so far, keys included
  std::string keys_;          ///< of the turn so far, as they were pressed
  bool entry_over_ = false;   ///< no more keys are waited for
  caf::timespan pause_{0};    ///< what ends a turn with these words
  bool held_open_ = false;    ///< the recogniser says that the turn goes on
  bool likely_over_ = false;  ///< ... or that it seems complete
  double confidence_ = 1;
  uint32_t idle_times_ = 0;

  // -- since when

  time_point entered_{};      ///< this state, or its present wait
  time_point cut_at_{};       ///< `interrupted_`
  time_point last_word_at_{}; ///< new words, partial or final
  time_point last_hint_at_{}; ///< from a recogniser that judges turns
  time_point last_key_at_{};
};

} // namespace velox::actors
