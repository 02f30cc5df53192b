#pragma once

#include "protocol/ports.hpp"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace velox::cli {

/// What calls need to know of their agents, worked out once per agent file.
/// Any thread.
class briefings {
public:
  /// `choose` tells whose words begin a call: a vendor's model, which need not
  /// be asked for the greeting, or the script's. It may be empty.
  /// `turns` is what agents start from.
  explicit briefings(provider_source choose = {}, turn_policy turns = {})
    : choose_(std::move(choose)), turns_(std::move(turns)) {}

  agent_briefing get(const agent_record& agent);

private:
  agent_briefing known(const agent_record& agent);

  provider_source choose_;
  turn_policy turns_;
  std::mutex mutex_;
  std::map<std::string, agent_briefing> known_;
};

/// What is said often and word by word the same: the greeting and the lines
/// for trouble, silence and the end of a call.
std::vector<std::string> repeated_phrases(const agent_briefing& x);

} // namespace velox::cli
