#pragma once

#include "adapters/cli/rehearsal/script.hpp"
#include "adapters/cli/rehearsal/timeline.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace velox::rehearsal {

/// Something that was expected and is not so.
struct failure {
  int line = 0; ///< of the script
  std::string expected;
  std::string got;
};

/// How a call went.
struct rehearsed {
  std::string file;
  std::string name;
  std::string skipped; ///< why it was not run; empty: it was
  std::vector<failure> failures;
  std::string trace;
  milliseconds duration{0}; ///< of the call
  std::chrono::microseconds took{0};

  bool ok() const { return failures.empty(); }
};

/// One whole call in virtual time: made from a script, run in the constructor
/// until it is over or its patience ends, then looked at.
class rehearsal {
public:
  explicit rehearsal(const call_script& script);
  ~rehearsal();

  /// What happened, by time.
  const std::vector<timeline_entry>& timeline() const { return timeline_; }

  virtual_world::time_point began() const { return began_; }
  virtual_world::time_point ended() const { return ended_; }

  /// Whether all legs of the call have ended.
  bool over() const { return over_; }

  /// The longest time between two sounds, the agent's or the caller's.
  caf::timespan longest_silence() const;

  /// How long the finished recordings are.
  caf::timespan recorded() const;

  /// Talk time that was booked, whole seconds.
  caf::timespan billed() const;

  /// What the engine owes to every call, whatever its script expects, and did
  /// not keep; one sentence each.
  std::vector<std::string> broken_promises();

  sim_world& world() { return *world_; }
  const std::vector<sim_call*>& legs() const { return legs_; }

private:
  class director;

  void prepare();
  void set_up(sim_call& leg);
  void run();
  sim_call& place(const leg_script& leg, size_t number);
  model_reply reply_to(const prompt& x, sim_stage_world& stages);

  const call_script& script_;
  std::shared_ptr<sim_tools> tools_;
  std::function<model_reply(const prompt&)> agent_; ///< the agent's own script
  std::map<std::string, size_t> replies_; ///< by what the caller has said
  std::vector<bool> used_;                ///< of the script's answers
  std::unique_ptr<sim_world> world_;
  std::unique_ptr<director> director_;
  std::vector<sim_call*> legs_;
  std::vector<engine_record> engine_;
  std::vector<timeline_entry> timeline_;
  virtual_world::time_point began_;
  virtual_world::time_point ended_;
  bool over_ = false;
};

/// Runs one call and compares what happened with what its script expects.
/// Throws `std::invalid_argument` when the script cannot be run with its agent.
rehearsed rehearse(const call_script& script);

/// What of `script`'s expectations does not hold.
std::vector<failure> judge(const call_script& script, rehearsal& call);

} // namespace velox::rehearsal
