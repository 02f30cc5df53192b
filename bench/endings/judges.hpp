#pragma once

#include "bench/endings/ear.hpp"
#include "protocol/turn_policy.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace velox::bench {

/// A turn that somebody took for complete.
struct given_turn {
  audio_time at{0};
  std::string text;
};

/// How well somebody judged when a caller had finished.
struct verdict {
  std::vector<given_turn> turns;
  bool cut = false; ///< a turn before the caller's last sound: premature
  /// From the caller's last sound to the first turn after it; empty when the
  /// caller waits for ever.
  std::optional<audio_time> delay;
};

/// What a turn machine with `policy` makes of it. The agent has asked `asked`
/// before the audio begins, unless that is empty, and says nothing after the
/// turn: it is still thinking.
verdict
judge_by_machine(std::span<const heard> events, const turn_policy& policy,
                 const std::string& asked, const spoken& caller);

/// The plain rule: the turn is over after so much silence, whatever was said,
/// and once the words are there.
verdict judge_by_silence(std::span<const heard> events, audio_time silence,
                         const spoken& caller);

/// The engine's policy with its default settings (turns.*).
turn_policy default_policy();

} // namespace velox::bench
