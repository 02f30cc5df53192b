#include "adapters/cli/rehearsal/sim_cue.hpp"

#include "adapters/cli/rehearsal/ear_text.hpp"

namespace velox::rehearsal {

bool due(const cue& x, const sim_carrier& carrier,
         virtual_world::time_point now, virtual_world::time_point since,
         virtual_world::time_point began) {
  switch (x.when) {
    case cue::moment::quiet: {
      auto quiet = carrier.quiet_since(now);
      return quiet && now - std::max(*quiet, since) >= x.wait;
    }
    case cue::moment::over_agent: {
      auto heard = carrier.hearing_since(now);
      return heard && now - std::max(*heard, since) >= x.wait;
    }
    case cue::moment::answered: {
      auto quiet = carrier.quiet_since(now);
      return quiet && *quiet > since && now - *quiet >= x.wait;
    }
    case cue::moment::later: return now - since >= x.wait;
    case cue::moment::at: return now - began >= x.wait;
    case cue::moment::over_word: return words_heard(carrier, now) >= x.word;
    case cue::moment::agent_says: {
      auto said = heard_saying(carrier, x.text, since, now);
      return said && now - *said >= x.wait;
    }
  }
  return true;
}

} // namespace velox::rehearsal
