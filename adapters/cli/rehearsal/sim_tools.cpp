#include "adapters/cli/rehearsal/sim_tools.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace velox::rehearsal {

std::vector<tool_definition> sim_tools::tools(const agent_record&) {
  std::vector<tool_definition> result;
  for (auto& x : tools_)
    result.push_back(x.definition);
  return result;
}

void sim_tools::call(const std::string&, const tool_call& x,
                     std::function<void(tool_result)> done) {
  auto used = std::count_if(record_.begin(), record_.end(),
                            [&](auto& one) { return one.what.name == x.name; });
  record_.push_back({world_.now(), x});
  tool_result result{x.id, x.name, {}, false};
  auto known = std::find_if(tools_.begin(), tools_.end(), [&](auto& tool) {
    return tool.definition.name == x.name;
  });
  if (known == tools_.end()) {
    result.failed = true;
    result.output
      = json_object{}.add("error", "The script has no such tool.").str();
    world_.after(caf::timespan{0}, [done, result] { done(result); });
    return;
  }
  auto& all = known->results;
  auto& next = all[std::min(static_cast<size_t>(used), all.size() - 1)];
  if (next.lost)
    return;
  result.output = next.output;
  result.failed = next.failed;
  world_.after(next.after, [done, result] { done(result); });
  if (next.duplicate)
    world_.after(next.after, [done, result] { done(result); });
}

} // namespace velox::rehearsal
