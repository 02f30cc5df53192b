#pragma once

#include "adapters/language/scripted/calendar.hpp"
#include "protocol/ports.hpp"

namespace velox::language {

/// The default language model: follows the agent file in
/// `agent_record::script`. It answers at once, in word-sized `tokens`, from
/// the calling thread. The factory throws `std::invalid_argument` with all
/// errors when the script is none; it may be called from any thread.
language_model_factory scripted_model(local_clock clock = machine_time);

} // namespace velox::language
