#pragma once

#include "adapters/cli/rehearsal/sim_carrier.hpp"

#include <string>

namespace velox::rehearsal {

/// When somebody does something, by what the caller hears.
struct cue {
  enum class moment : uint8_t {
    quiet,      ///< once the agent was silent for `wait`
    over_agent, ///< once the agent was heard for `wait`
    answered,   ///< once the agent spoke, and then was silent for `wait`
    later,      ///< `wait` after what came before
    at,         ///< `wait` after the call began
    over_word,  ///< once `word` words of the agent's turn were heard
    agent_says, ///< `wait` after the agent was heard saying `text`
  };
  moment when = moment::quiet;
  caf::timespan wait = milliseconds{500};
  std::string text{};
  size_t word = 0;
};

/// Whether the moment has come by `now`. What came before was over at `since`;
/// the call began at `began`.
bool due(const cue& x, const sim_carrier& carrier,
         virtual_world::time_point now, virtual_world::time_point since,
         virtual_world::time_point began);

} // namespace velox::rehearsal
