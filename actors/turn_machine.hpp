#pragma once

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
/// actions come out; no actor, no clock, no wire. The transitions are in one
/// place, turn_machine.cpp, in the order of the states.
class turn_machine {
public:
  using time_point = caf::actor_clock::time_point;

  enum class state : uint8_t {
    listening,     ///< nobody speaks; the caller may
    user_speaking, ///< the caller speaks
    finishing,     ///< the caller has paused: was that all?
    thinking,      ///< an answer is being made
    speaking,      ///< the agent speaks
  };

  /// What the world is to do. Words, cancel and so on are the messages of
  /// messages.hpp.
  using action
    = std::variant<user_turn, cancel, resume_turn, caller_idle, stage_late,
                   words_final, turn_likely_over, turn_goes_on, presence_asked>;

  explicit turn_machine(turn_policy policy = {}) : policy_(policy) {}

  /// Nobody speaks, and from now on the caller may be idle.
  void begin(time_point now) { enter(state::listening, now); }

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

  /// When to call `on_time`, unless an event comes first.
  std::optional<time_point> next_look() const { return deadline_; }

  state now_in() const { return state_; }

  /// The state's name for the console.
  static const char* to_text(state x);

private:
  void enter(state next, time_point now);
  void wait_for(caf::timespan span, time_point now);
  void on_stalled_voice(time_point now);
  void give_up_finals(uint32_t count, time_point now);
  void interrupt(time_point now);
  void add_words(const std::string& text);
  void on_hint(const words_partial& x, time_point now);
  void try_to_finish(time_point now);
  void finish(time_point now);
  bool over_agent() const;

  turn_policy policy_;
  state state_ = state::listening;
  std::optional<time_point> deadline_;
  std::vector<action> actions_;

  uint64_t turn_ = 0; ///< the agent's current or last turn
  bool interruptible_ = true;
  bool turn_open_ = false; ///< the agent is not done with `turn_`
  /// A turn that the caller's voice, not yet their words, has cut off.
  uint64_t interrupted_ = 0;

  bool voice_ = false;
  /// An answer was made without waiting for the end of this voice.
  bool voice_given_up_ = false;
  time_point voice_since_{};
  caf::timespan spoken_{0};   ///< how long the caller spoke in this turn
  uint32_t finals_due_ = 0;   ///< utterances whose words are still to come
  uint32_t finals_stale_ = 0; ///< given up on, but they may still come
  time_point stale_until_{};  ///< later than this, a final is a new one
  std::string words_;         ///< of the turn so far
  std::string partial_;
  bool held_open_ = false;   ///< the recogniser says that the turn goes on
  bool likely_over_ = false; ///< ... or that it seems complete
  double confidence_ = 1;
  uint32_t idle_times_ = 0;
};

} // namespace velox::actors
