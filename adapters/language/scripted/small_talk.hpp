#pragma once

#include "adapters/language/scripted/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What people say in any conversation, whatever it is about.

namespace velox::language {

/// A request that every agent understands.
enum class command : uint8_t {
  repeat,  ///< "say that again"
  help,    ///< "what can you do"
  cancel,  ///< "never mind"
  goodbye, ///< "bye"
  thanks,  ///< "thank you"
  hello,   ///< "hi there"
  wait     ///< "one moment"
};

/// The command that these words are: one of its phrases with hardly anything
/// around it.
std::optional<command> find_command(word_span words);

/// Whether the words are a yes (true), a no (false) or neither.
std::optional<bool> find_yes_no(word_span words);

/// Whether the caller wants something changed: "change the time", "make it
/// three".
bool wants_change(word_span words);

/// All phrases that this file understands.
std::vector<std::string> small_talk_phrases();

} // namespace velox::language
