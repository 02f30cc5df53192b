#pragma once

#include "adapters/cli/serve/briefings.hpp"
#include "adapters/providers/catalogue.hpp"
#include "adapters/speech/offline.hpp"

#include <caf/fwd.hpp>

namespace velox::cli {

/// What an agent's introduction needs of the engine.
struct introduction {
  caf::actor_system& system;
  const providers::catalogue& vendors;
  briefings& briefs;
  speech::offline_speech& speech;
};

/// Has ready what the agent's calls begin with: the offline recogniser's
/// language model, or in the background the phrases of a vendor's voice. Logs
/// who works for it, and what it names in vain.
void introduce(const agent_record& agent, const introduction& to);

} // namespace velox::cli
