#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What the person with the telephone does, as plain classes that count time
/// in frames of 20 ms: nothing here knows a clock or a socket.

namespace velox::cli {

/// Milliseconds since the media stream was opened.
using call_time = std::chrono::milliseconds;

/// The length of a frame, and its size in mu-law at 8 kHz.
inline constexpr call_time frame_length{20};
inline constexpr size_t frame_size = 160;
using audio_frame = std::array<uint8_t, frame_size>;

/// Whether somebody can be heard in this mu-law audio: its level is above
/// about -45 dBFS.
bool voiced(std::span<const uint8_t> mulaw);

/// Tells when the agent speaks from what comes out of the earpiece.
class agent_ear {
public:
  /// The agent has finished when nothing was heard of it for `pause`.
  explicit agent_ear(call_time pause) : pause_(pause) {}

  /// What a frame brought to light.
  enum class change : uint8_t { none, started, ended };

  /// The frame that is heard at `now`. `more_queued`: the carrier still holds
  /// audio, so that a silence is one within the speech, up to a limit of 2 s.
  change hear(std::span<const uint8_t> frame, bool more_queued, call_time now);

  /// The line is gone; `change::ended` when the agent was speaking.
  change stop();

  bool speaking() const { return speaking_; }

  /// When the utterance that is heard, or was heard last, began and ended.
  /// No value before the first one.
  std::optional<call_time> began() const { return began_; }
  std::optional<call_time> last_heard() const { return last_heard_; }

private:
  call_time pause_;
  bool speaking_ = false;
  std::optional<call_time> began_;
  std::optional<call_time> last_heard_;
};

/// One thing the caller does.
struct script_step {
  /// What is said, or the name of the sound file; for display.
  std::string text{};
  /// mu-law, 8 kHz; empty when keys are pressed instead.
  std::vector<uint8_t> audio{};
  /// Keys to press: 0-9 * # A-D.
  std::string digits{};
  /// Speak over the agent, this long after it began its utterance.
  std::optional<call_time> barge_in_at{};
};

struct script_options {
  /// How long the caller waits for an agent that says nothing.
  call_time patience{10'000};
  /// How long the agent must be quiet, its last answer given, before the
  /// caller hangs up.
  call_time goodbye{1'500};
};

/// Says one step after the other: each waits until the agent has answered the
/// one before and has finished speaking, or cuts in when it shall barge in.
class caller_script {
public:
  explicit caller_script(std::vector<script_step> steps,
                         script_options options = {});

  /// What the caller does in one frame.
  struct action {
    /// What the mouthpiece sends: speech or the noise of a quiet room.
    audio_frame audio;
    /// Set in the frame in which a step begins.
    const script_step* began = nullptr;
    /// Set in the frame in which what the step says has ended.
    const script_step* ended = nullptr;
    /// A key is pressed.
    std::optional<char> digit;
    /// Nothing is left to say and the agent has finished.
    bool hang_up = false;
  };

  /// The frame that is sent at `now`; `ear` has heard the agent's frame of the
  /// same moment.
  action next(const agent_ear& ear, call_time now);

  /// How many steps have not begun.
  size_t left() const { return steps_.size() - current_ - (busy_ ? 1 : 0); }

  /// When the caller last fell silent; no value while it has said nothing.
  std::optional<call_time> last_spoke() const { return last_spoke_; }

private:
  bool may_begin(const agent_ear& ear, call_time now) const;
  bool answered(const agent_ear& ear) const;
  void speak(action& result, call_time now);
  void press(action& result, call_time now);
  void finish_step(action& result);
  void hiss(audio_frame& audio);

  std::vector<script_step> steps_;
  script_options options_;
  size_t current_ = 0;
  bool busy_ = false; ///< in the middle of steps_[current_]
  size_t position_ = 0;
  size_t voiced_end_ = 0; ///< of the audio of the current step
  call_time next_key_{0};
  std::optional<call_time> last_spoke_;
  uint32_t noise_ = 1;
};

} // namespace velox::cli
