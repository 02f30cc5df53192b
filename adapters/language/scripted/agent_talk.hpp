#pragma once

#include "adapters/language/scripted/file_map.hpp"
#include "protocol/ports.hpp"

#include <functional>

/// How an agent behaves in a conversation: the sections `talk`, `voicemail`,
/// `recording`, `languages` and `pronunciations` of the agent file.

namespace velox::language {

struct talk {
  /// Changes the engine's policy where the file says so. Each is one key.
  std::vector<std::function<void(turn_policy&)>> turns{};
  velox::manners manners{};
  std::vector<spoken_language> languages{};
  std::vector<pronunciation> pronunciations{};
  /// Words for the recording; empty: the language's own.
  std::string recording_notice{};
  std::string recording_question{};
};

/// Reads all of these sections from the agent's own map. `language` is the
/// agent's.
talk read_talk(file_map& agent, const std::string& language);

/// The engine's policy as the agent wants it.
turn_policy apply(const talk& x, turn_policy engine);

} // namespace velox::language
