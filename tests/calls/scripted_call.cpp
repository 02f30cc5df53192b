#include "tests/calls/scripted_call.hpp"

namespace velox::test {

milliseconds scripted_call::longest_silence(const sim_call& call,
                                            virtual_world::time_point until) {
  std::vector<std::pair<virtual_world::time_point, virtual_world::time_point>>
    sounds;
  for (auto& x : call.carrier->ear(until))
    sounds.emplace_back(x.from, x.until);
  for (auto& x : call.caller->record())
    sounds.emplace_back(x.from, x.until);
  sounds.emplace_back(until, until);
  std::sort(sounds.begin(), sounds.end());
  caf::timespan longest{0};
  auto at = call.began;
  for (auto& [from, to] : sounds) {
    longest = std::max<caf::timespan>(longest, from - at);
    at = std::max(at, to);
  }
  return std::chrono::duration_cast<milliseconds>(longest);
}

std::string scripted_call::told_of_caller(const sim_call& call) {
  std::string result;
  if (!call.stages->asked.empty())
    for (auto& x : call.stages->asked.back().what.history)
      if (x.role == "user")
        result += (result.empty() ? "" : " ") + x.text;
  return result;
}

} // namespace velox::test
