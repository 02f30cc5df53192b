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
  crash,     ///< the session throws
  hang,      ///< nothing comes from this session any more
};

std::string_view to_text(mishap x);

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
  /// What happens to the next piece of a stage's work.
  mishap draw(const char* stage, const stage_luck& luck, tally& so_far);
};

using stage_world_ptr = std::shared_ptr<sim_stage_world>;

/// 15 characters a second, as the ledger assumes of an unknown voice.
inline constexpr size_t bytes_per_character = 532;

/// Sessions that know what the caller says, speak in tagged audio, and answer
/// with sentences drawn from a few words. All may go wrong as told.
std::unique_ptr<speech_recognizer>
make_sim_recognizer(stage_world_ptr env, recognition_client_actor client);
std::unique_ptr<speech_synthesizer>
make_sim_synthesizer(stage_world_ptr env, synthesis_client_actor client);
std::unique_ptr<language_model>
make_sim_model(stage_world_ptr env, answer_client_actor client);

} // namespace velox::rehearsal
