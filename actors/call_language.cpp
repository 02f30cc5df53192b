#include "actors/call.hpp"
#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>

/// In which language the call goes on. The model decides; who listens and
/// speaks was told by the llm actor already, so that no sentence overtakes it.

namespace velox::actors {

void call_state::on_language(const language_chosen& x) {
  auto from = agent.language;
  for (auto& one : briefing.languages) {
    if (one.language != x.language || one.language == from)
      continue;
    speak_language(spoken_language{one});
    log("language-changed", talk.turn(),
        json_object{}.add("from", from).add("to", x.language).str());
    return;
  }
}

/// What a child that is started afresh, and the call's own lines, go by.
void call_state::speak_language(const spoken_language& x) {
  agent.language = x.language;
  agent.voice = x.voice;
  talk.ledger().spoken_in(x.language);
  briefing.lines = x.lines;
  language_instructions = x.instructions.empty() ? "" : "\n\n" + x.instructions;
  auto since = waiting.since();
  waiting = waiting_caller{briefing.manners, x.lines.fillers};
  if (since)
    waiting.asked(*since);
}

/// A resumed call goes on in the language in which it was lost.
void call_state::recall_language(const std::string& detail) {
  rapidjson::Document change;
  if (read_json(detail, change) != json_error::none)
    return;
  auto to = json_text(change, "to");
  for (auto& one : briefing.languages)
    if (to && one.language == *to) {
      speak_language(spoken_language{one});
      return;
    }
}

} // namespace velox::actors
