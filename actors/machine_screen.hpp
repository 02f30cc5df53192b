#pragma once

#include "protocol/manners.hpp"
#include "protocol/messages.hpp"

#include <caf/actor_clock.hpp>

#include <optional>
#include <string_view>

namespace velox::actors {

/// Decides whom a call that we placed has reached, a person or a machine, and
/// what follows. Words, tones and the carrier's own verdict (AMD) come in any
/// order, or not at all. A plain class.
class machine_screen {
public:
  using time_point = caf::actor_clock::time_point;

  /// What the call is to do.
  enum class action : uint8_t {
    none,
    greet,         ///< a person has said nothing yet, or the carrier knows them
    answer,        ///< a person has spoken: answer what they said
    fall_silent,   ///< a machine talks: say nothing until it is ready
    leave_message, ///< it records; again when it began later than we thought
    hang_up,
  };

  enum class stage : uint8_t {
    waiting,  ///< nobody knows yet
    person,   ///< a conversation; a late verdict may still turn it round
    machine,  ///< its greeting goes on
    leaving,  ///< it records
    finished, ///< nothing can change any more
  };

  /// Somebody who answers says hello within this time, or expects us to.
  static constexpr caf::timespan first_word = std::chrono::seconds{3};
  /// A machine without a beep is ready this long after its last words,
  static constexpr caf::timespan machine_pause = std::chrono::seconds{4};
  /// ... or after this when no word of it was understood.
  static constexpr caf::timespan wordless_greeting = std::chrono::seconds{15};
  /// No greeting is longer.
  static constexpr caf::timespan longest_greeting = std::chrono::seconds{60};
  /// Later than this no verdict makes a machine of a person.
  static constexpr caf::timespan verdict_due = std::chrono::seconds{30};

  explicit machine_screen(voicemail policy = voicemail::hang_up)
    : policy_(policy) {}

  /// They have picked up.
  void begin(time_point now);

  action on(const answered_by& x, time_point now);
  action on(const tone_heard& x, time_point now);

  /// What was said at the other end; empty: something that was not understood.
  action on_words(std::string_view text, time_point now);

  /// Our message was heard to its end.
  void message_left() { stage_ = stage::finished; }

  action on_time(time_point now);

  /// When to call `on_time`, unless an event comes first.
  std::optional<time_point> next_look() const { return deadline_; }

  stage now_in() const { return stage_; }

private:
  action machine(caf::timespan pause, time_point now);
  action leave();

  voicemail policy_;
  stage stage_ = stage::finished;
  time_point began_{};
  time_point machine_since_{};
  std::optional<time_point> deadline_;
  bool again_ = false; ///< the message was begun twice
};

/// Whether a machine says so: "please leave a message after the tone".
bool sounds_like_machine(std::string_view text);

} // namespace velox::actors
