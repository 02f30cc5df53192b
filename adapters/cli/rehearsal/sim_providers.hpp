#pragma once

#include "adapters/cli/rehearsal/sim_caller.hpp"
#include "protocol/ports.hpp"

#include <random>

namespace velox::rehearsal {

/// What can go wrong with one piece of a provider's work.
enum class mishap : uint8_t {
  none,
  lose,      ///< the result never comes
  delay,     ///< it comes seconds late
  duplicate, ///< it comes twice
  fail,      ///< the session reports `provider_failed`
  slow,      ///< a long pause in its middle
  crash,     ///< the session throws
  hang,      ///< nothing comes from this session any more
};

std::string_view to_text(mishap x);

/// One thing that goes wrong, and how.
struct planned_mishap {
  mishap what = mishap::none;
  /// How late it comes, or how long tokens and audio pause; 0: the world draws.
  caf::timespan span{0};
  provider_errc code = provider_errc::broken;
};

/// What a script has go wrong: pieces of work counted from 1, of one provider
/// of the stage's list (counted from 1) or of any (0).
struct fault_plan {
  size_t first = 1;
  size_t last = 1;
  size_t provider = 0;
  planned_mishap how{};
};

/// How a stage works in a script: at an even pace, with the faults it names.
struct stage_script {
  /// From the request to the first result: words, tokens or audio.
  caf::timespan first{milliseconds{300}};
  /// From result to result.
  caf::timespan next{milliseconds{40}};
  std::vector<fault_plan> faults{};
  size_t providers = 1; ///< how many there are to fall back on
};

/// How likely a piece of work goes wrong, of all pieces.
struct stage_luck {
  double bad = 0;
  /// What may happen then, each as likely as its share of the list; any of
  /// them when the list is empty.
  std::vector<mishap> how{};
  /// How many pieces may go wrong in one call.
  size_t most = 3;
  /// So many pieces go well before.
  size_t first = 0;
  /// Set: chance has no part in it.
  std::optional<stage_script> script{};
};

/// One whole answer of a model.
struct model_reply {
  std::string text{};
  next_step then = next_step::listen;
  std::string transfer_to{};
  std::string memory{};
  std::string press{};       ///< keys
  uint32_t expects_keys = 0; ///< of the caller
  /// Called behind `text`; what follows depends on their results.
  std::vector<tool_call> calls{};
  std::string when_done{};   ///< said behind the results
  std::string when_failed{}; ///< ... when one of them failed; empty: the same
};

/// What a model was asked.
struct asked_record {
  uint64_t session = 0;
  virtual_world::time_point at;
  prompt what;
};

/// What happened to whom, for the trace.
struct mishap_record {
  virtual_world::time_point at;
  std::string stage;
  mishap what = mishap::none;
};

/// What the providers of one call share.
struct sim_stage_world {
  sim_stage_world(virtual_world& world, uint64_t seed)
    : world(world), random(seed) {}

  virtual_world& world;
  std::mt19937_64 random;
  std::shared_ptr<utterance_words> words;
  std::shared_ptr<sentence_texts> texts;
  stage_luck recogniser;
  stage_luck synthesiser;
  stage_luck model;
  /// How often the synthesiser pauses in the middle of a sentence.
  double stalls = 0;
  /// How often the model ends the call behind an answer, or hands it over.
  double hangs_up = 0;
  double transfers = 0;
  /// Overrides the random answer when set.
  std::function<std::string(const prompt&)> answer;
  /// The same, with all that an answer may have.
  std::function<model_reply(const prompt&)> reply;
  /// How long first results take.
  caf::timespan slowest = milliseconds{600};

  std::vector<asked_record> asked;
  std::vector<mishap_record> mishaps;
  std::vector<std::string> surprises; ///< breaches of a port's contract
  uint64_t sessions = 0;
  /// How many pieces of each stage's work there were, and went wrong.
  struct tally {
    size_t pieces = 0;
    size_t bad = 0;
    std::map<size_t, size_t> by_provider{};
  };
  tally recogniser_tally, synthesiser_tally, model_tally;

  uint64_t below(uint64_t limit) { return limit ? random() % limit : 0; }
  bool chance(double p) {
    return std::uniform_real_distribution<>{}(random) < p;
  }
  caf::timespan between(milliseconds low, milliseconds high) {
    return low
           + milliseconds{
             below(static_cast<uint64_t>((high - low).count() + 1))};
  }
  /// How long a first or a further result takes: as scripted, else by chance.
  caf::timespan first_in(const stage_luck& luck, caf::timespan drawn) const {
    return luck.script ? luck.script->first : drawn;
  }
  caf::timespan next_in(const stage_luck& luck, caf::timespan drawn) const {
    return luck.script ? luck.script->next : drawn;
  }
  /// How late a delayed piece is.
  caf::timespan lateness(const planned_mishap& x) {
    return x.span.count() > 0 ? x.span
                              : between(milliseconds{2000}, milliseconds{7000});
  }
  /// What happens to the next piece of a stage's work, at the `provider`-th of
  /// its list.
  planned_mishap draw(const char* stage, const stage_luck& luck, tally& so_far,
                      size_t provider);
};

using stage_world_ptr = std::shared_ptr<sim_stage_world>;

/// Sessions that know what the caller says, speak in tagged audio, and answer
/// with sentences drawn from a few words. All may go wrong as told. `provider`
/// is the place in the stage's list, from 1.
std::unique_ptr<speech_recognizer>
make_sim_recognizer(stage_world_ptr env, recognition_client_actor client,
                    size_t provider = 1);
std::unique_ptr<speech_synthesizer>
make_sim_synthesizer(stage_world_ptr env, synthesis_client_actor client,
                     size_t provider = 1);
std::unique_ptr<language_model>
make_sim_model(stage_world_ptr env, answer_client_actor client,
               size_t provider = 1);

} // namespace velox::rehearsal
