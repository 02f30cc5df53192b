#include "adapters/cli/serve/briefings.hpp"

#include "adapters/language/scripted/agent_file.hpp"
#include "adapters/language/scripted/instructions.hpp"

#include <algorithm>

namespace velox::cli {

namespace {

/// "{company}" and "{agent}" in the words of the file.
std::string filled(const std::string& text, const language::agent& x) {
  return language::fill(text, [&](std::string_view name) -> std::string {
    if (name == "company")
      return x.company.empty() ? x.name : x.company;
    if (name == "agent")
      return x.name;
    return x.hours.unknown() ? "" : language::speak_week(x.hours);
  });
}

agent_lines lines_of(const language::agent& x) {
  agent_lines result;
  if (!x.says.still_there.empty())
    result.still_there = x.says.still_there.front();
  result.idle_goodbye = x.says.idle_farewell;
  result.out_of_credit = x.says.out_of_credit;
  result.too_long = x.says.time_is_up;
  result.trouble = x.says.apology;
  result.greeting = filled(x.greeting, x);
  return result;
}

/// Whether the agent file itself answers the first turn of a call.
bool begins_with_script(const call_providers& x) {
  auto first = !x.small_models.empty()    ? &x.small_models.front()
               : !x.medium_models.empty() ? &x.medium_models.front()
               : !x.models.empty()        ? &x.models.front()
                                          : nullptr;
  return first == nullptr || first->name == "scripted";
}

} // namespace

agent_briefing briefings::known(const agent_record& agent) {
  std::lock_guard guard{mutex_};
  auto found = known_.find(agent.script);
  if (found != known_.end())
    return found->second;
  agent_briefing result;
  if (auto parsed = language::parse(agent.script); parsed.value) {
    auto& x = *parsed.value;
    result.phrases = language::vocabulary(x);
    result.lines = lines_of(x);
    result.instructions = language::instructions(x);
    result.transfer_number = language::transfer_number(x);
    result.recognizers = x.recognizers;
    result.voices = x.voices;
    result.models = x.models;
  }
  known_.emplace(agent.script, result);
  return result;
}

agent_briefing briefings::get(const agent_record& agent) {
  auto result = known(agent);
  // Keys may come and go, so this is looked at for every call.
  if (!choose_ || begins_with_script(choose_(agent, result)))
    result.lines.greeting.clear();
  return result;
}

std::vector<std::string> repeated_phrases(const agent_briefing& x) {
  auto& lines = x.lines;
  std::vector<std::string> result{
    lines.greeting, lines.still_there, lines.idle_goodbye, lines.out_of_credit,
    lines.too_long, lines.trouble,     lines.closing,      lines.reconnected};
  std::erase(result, std::string{});
  return result;
}

} // namespace velox::cli
