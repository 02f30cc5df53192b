#pragma once

#include "adapters/language/scripted/agent_file.hpp"

#include <string>

namespace velox::language {

/// The system prompt of a language model that speaks as `x`: its `prompt`, or
/// else one made of what the file says (who it is, opening hours, answers),
/// and behind either how one talks on the phone.
std::string instructions(const agent& x);

/// Who takes over a call: `transfer_number`, or the first number to which an
/// intent transfers; empty when there is none.
std::string transfer_number(const agent& x);

} // namespace velox::language
