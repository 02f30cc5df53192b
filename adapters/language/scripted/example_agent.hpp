#pragma once

#include <string_view>

namespace velox::language {

/// config/agents/clinic.yaml, as it was when the program was built: the agent
/// that answers when no other is configured.
std::string_view example_agent_yaml();

} // namespace velox::language
