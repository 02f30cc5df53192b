#include "adapters/cli/serve/briefings.hpp"

#include "adapters/language/scripted/agent_file.hpp"
#include "adapters/language/scripted/instructions.hpp"
#include "protocol/phrasebook.hpp"

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

/// The agent's own words where it has any, else those of its language.
agent_lines lines_of(const language::agent& x) {
  const language::sayings usual;
  auto english = x.language.starts_with("en");
  auto result = lines_for(x.language);
  auto put = [&](std::string& line, auto saying) {
    if (english || x.says.*saying != usual.*saying)
      line = x.says.*saying;
  };
  using language::sayings;
  put(result.idle_goodbye, &sayings::idle_farewell);
  put(result.out_of_credit, &sayings::out_of_credit);
  put(result.too_long, &sayings::time_is_up);
  put(result.trouble, &sayings::apology);
  put(result.here, &sayings::here);
  put(result.almost_over, &sayings::almost_over);
  if (english || x.says.fillers != usual.fillers)
    result.fillers = x.says.fillers;
  if (english || x.says.still_there != usual.still_there) {
    result.still_there = x.says.still_there.front();
    result.still_there_again = x.says.still_there.back();
  }
  if (!x.talk.recording_notice.empty())
    result.recording_notice = x.talk.recording_notice;
  if (!x.talk.recording_question.empty())
    result.recording_question = x.talk.recording_question;
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
    result.turns = language::apply(x.talk, turns_);
    result.manners = x.talk.manners;
    result.languages = x.talk.languages;
    result.pronunciations = x.talk.pronunciations;
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
  std::vector<std::string> result{lines.greeting,
                                  lines.still_there,
                                  lines.idle_goodbye,
                                  lines.out_of_credit,
                                  lines.too_long,
                                  lines.trouble,
                                  lines.closing,
                                  lines.reconnected,
                                  lines.here,
                                  lines.still_there_again,
                                  lines.almost_over,
                                  lines.recording_notice,
                                  lines.recording_question,
                                  x.manners.voicemail_message};
  result.insert(result.end(), lines.fillers.begin(), lines.fillers.end());
  std::erase(result, std::string{});
  return result;
}

} // namespace velox::cli
