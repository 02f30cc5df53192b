#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace velox::language {

/// A request that was completed: "appointment" with its slots.
struct finished_form {
  std::string intent;
  std::map<std::string, std::string> slots;
};

/// All that a scripted agent remembers from one turn to the next; it travels
/// as JSON in `prompt::memory` and `answer_done::memory`.
struct memory {
  /// The first day and minute of the call, "2026-11-21 09:30": answers given
  /// again after a restart must not change at midnight.
  std::string now;
  /// The intent whose slots are being asked for; empty: none.
  std::string intent;
  std::map<std::string, std::string> slots;
  /// What the last answer asked: a slot's name, "?confirm", "?change", "?more"
  /// (anything else?), "?offer", or empty.
  std::string asking;
  /// The intent that "?offer" offers.
  std::string offered;
  /// The question at the end of the last answer, as it was said.
  std::string question;
  /// The whole last answer.
  std::string last;
  /// How often in a row the agent has not understood.
  uint64_t lost = 0;
  /// How often each intent was answered, to take its answers in turn.
  std::map<std::string, uint64_t> answered;
  std::vector<finished_form> done;
};

/// Compact JSON.
std::string to_json(const memory& x);

/// A fresh memory when `json` is empty or not ours.
memory from_json(const std::string& json);

} // namespace velox::language
