#pragma once

#include "adapters/cli/rehearsal/sim_world.hpp"

#include <set>

namespace velox::test {

using namespace rehearsal;

/// What troubled the engine as a whole, by time; calls under trouble are judged
/// by what they still owe.
struct world_trouble {
  std::optional<std::pair<virtual_world::time_point, virtual_world::time_point>>
    store; ///< from when until when the store failed or was slow
  bool ledger = false;
  bool registry = false;
  bool small_credit = false;
};

/// What was done to one call beside its providers.
struct call_trouble {
  std::vector<std::pair<virtual_world::time_point, std::string>> kills;
  std::optional<virtual_world::time_point> ordered_to_end;

  bool killed(std::string_view child) const {
    return std::any_of(kills.begin(), kills.end(),
                       [&](auto& x) { return x.second == child; });
  }
};

/// One to three calls at once, with callers, faults and the order in which
/// actors run drawn from `seed` alone. Runs in the constructor, until all calls
/// are over or had ample time to be.
class simulation {
public:
  explicit simulation(uint64_t seed);

  /// What was promised and not kept; empty when all is well.
  std::vector<std::string> broken_promises();

  /// All that happened, by time.
  std::string trace();

  const sim_world& world() const { return *world_; }

private:
  void draw_world();
  call_plan draw_call(size_t number);
  void draw_luck(sim_call& call);
  void draw_kills(size_t number);
  void draw_engine_trouble();
  void kill(void (sim_world::*part)());
  uint64_t below(uint64_t limit) { return random_() % limit; }
  bool chance(double p) {
    return std::uniform_real_distribution<>{}(random_) < p;
  }
  milliseconds between(milliseconds low, milliseconds high) {
    return low
           + milliseconds{
             below(static_cast<uint64_t>((high - low).count() + 1))};
  }

  uint64_t seed_;
  std::mt19937_64 random_;
  std::mt19937_64 order_;
  world_plan plan_;
  world_trouble trouble_;
  std::vector<call_trouble> call_troubles_;
  std::unique_ptr<sim_world> world_;
};

/// How one call is judged: everything there is to know of it.
struct call_file {
  sim_world& world;
  const sim_call& call;
  const world_plan& plan;
  const world_trouble& trouble;
  const call_trouble& own;
};

/// The promises of design.md, section 13.3, each under its letter; appends what
/// was not kept.
void check_end(const call_file& x, std::vector<std::string>& broken);
void check_wire(const call_file& x, std::vector<std::string>& broken);
void check_heard(const call_file& x, std::vector<std::string>& broken);
void check_answers(const call_file& x, std::vector<std::string>& broken);
void check_money(const call_file& x, std::vector<std::string>& broken);
void check_silence(const call_file& x, std::vector<std::string>& broken);
void check_log(const call_file& x, std::vector<std::string>& broken);
void check_history(const call_file& x, std::vector<std::string>& broken);
void check_words(const call_file& x, std::vector<std::string>& broken);

} // namespace velox::test
