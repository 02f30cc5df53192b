#pragma once

#include "adapters/cli/rehearsal/script.hpp"

#include <string>
#include <vector>

namespace velox::rehearsal {

/// A use of a tool.
struct tool_record {
  virtual_world::time_point at;
  tool_call what;
};

/// Tools that bring what a script says, when it says.
class sim_tools final : public tool_port {
public:
  sim_tools(virtual_world& world, std::vector<scripted_tool> tools)
    : world_(world), tools_(std::move(tools)) {}

  std::vector<tool_definition> tools(const agent_record& of) override;
  void call(const std::string& call_id, const tool_call& x,
            std::function<void(tool_result)> done) override;

  /// All uses, in order.
  const std::vector<tool_record>& record() const { return record_; }

private:
  virtual_world& world_;
  std::vector<scripted_tool> tools_;
  std::vector<tool_record> record_;
};

} // namespace velox::rehearsal
