#include "adapters/cli/serve/introduction.hpp"

#include "config/log.hpp"

namespace velox::cli {

namespace {

void prewarm(const agent_record& agent, const agent_briefing& briefing,
             speech::offline_speech& speech) {
  for (auto& word : speech.prewarm(briefing.phrases))
    config::log().warn("The recogniser does not know how a word of an agent's "
                       "vocabulary sounds. agent={} word={}",
                       config::field(agent.id), config::field(word));
}

/// In the background: a call need not wait for it.
void prepare_phrases(const agent_record& agent, const agent_briefing& briefing,
                     const provider<synthesizer_factory>& voice,
                     caf::actor_system& system) {
  auto texts = repeated_phrases(briefing);
  auto wanted = texts.size();
  auto warn = [id = agent.id, name = voice.name, wanted](size_t said) {
    if (said < wanted)
      config::log().warn("Not all of an agent's phrases could be spoken ahead; "
                         "`velox providers check` tells more. agent={} "
                         "voice={} ready={} wanted={}",
                         config::field(id), config::field(name), said, wanted);
  };
  try {
    speech::preload(system, voice.make, {"", agent.language, agent.voice},
                    std::move(texts), warn);
  } catch (const std::exception&) { // no voice for the language
    warn(0);
  }
}

} // namespace

void introduce(const agent_record& agent, const introduction& to) {
  auto briefing = to.briefs.get(agent);
  for (auto& problem : to.vendors.unusable(briefing))
    config::log().warn("A provider that is named cannot be used. agent={} "
                       "problem={}",
                       config::field(agent.id), config::field(problem));
  auto who = to.vendors.choose(agent, briefing);
  auto& recognizer = who.recognizers.front();
  auto& voice = who.voices.front();
  config::log().info("An agent is ready. agent={} recognizer={} voice={} "
                     "model={}",
                     config::field(agent.id), config::field(recognizer.name),
                     config::field(voice.name),
                     config::field(who.models.front().name));
  if (recognizer.gateway.empty())
    prewarm(agent, briefing, to.speech);
  if (!voice.gateway.empty())
    prepare_phrases(agent, briefing, voice, to.system);
}

} // namespace velox::cli
