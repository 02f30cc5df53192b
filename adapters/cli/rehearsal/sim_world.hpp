#pragma once

#include "actors/call_services.hpp"
#include "actors/engine.hpp"
#include "actors/memory_ledger.hpp"
#include "adapters/cli/rehearsal/memory_store.hpp"
#include "adapters/cli/rehearsal/sim_providers.hpp"

#include <set>

namespace velox::rehearsal {

/// The talk time of all calls, open to the test, and outliving the ledger
/// actor that keeps it.
struct sim_book {
  explicit sim_book(int64_t credit, int64_t reservation = 300)
    : arithmetic(
      std::make_shared<actors::talk_time_book>(credit, reservation)) {}

  std::shared_ptr<actors::talk_time_book> arithmetic;
  /// Every charge that was booked, in order, once; a settlement's last piece
  /// among them, unless it was empty.
  std::vector<charge> booked;
  /// Asked when a tick is charged for the first time: `lose` books without an
  /// answer, `fail` does not book.
  std::function<mishap()> luck;
  std::set<std::pair<std::string, uint64_t>> tried;
  std::vector<caf::typed_response_promise<talk_time>> unanswered;
  std::vector<caf::typed_response_promise<call_bill>> unsettled;
  std::map<std::string, int64_t> billed; ///< by call
};

using sim_book_ptr = std::shared_ptr<sim_book>;

/// What was recorded of a call.
struct sim_recording {
  std::string call_id;
  std::string org_id;
  milliseconds caller{0}; ///< of audio that was placed
  milliseconds agent{0};
  milliseconds length{0}; ///< as the call finished it
  bool finished = false;
};

/// Recorders that keep no audio, only what there was of it.
recorder_factory
sim_recorders(caf::actor_system& sys,
              std::shared_ptr<std::vector<sim_recording>> shelf);

/// A ledger over `book`; any number may follow each other.
ledger_actor spawn_sim_ledger(caf::actor_system& sys, sim_book_ptr book);

/// One simulated call: who is on the phone and what serves them.
struct call_plan {
  std::string call_id = "CA1";
  std::string nonce; ///< empty: the call id
  bool resumed = false;
  line_quality line{};
  std::vector<caller_step> script{};
  uint64_t seed = 1;
  bool outbound = false;
};

/// A call that takes or took place.
struct sim_call {
  call_plan plan;
  std::shared_ptr<sim_carrier> carrier;
  std::unique_ptr<sim_caller> caller;
  stage_world_ptr stages;
  call_actor handle; ///< null once the call has ended
  virtual_world::time_point began;
  std::optional<virtual_world::time_point> ended;
  caf::error exit; ///< why its actor ended
};

/// Everybody calls this agent, unless told otherwise.
agent_record sim_agent();

/// What all calls of a world share.
struct world_plan {
  actors::call_limits limits{};
  turn_policy turns{};
  actors::admission_options admission{};
  int64_t credit = 100'000;         ///< seconds
  int64_t reservation = 300;        ///< seconds that a call holds ahead
  agent_record agent = sim_agent(); ///< everybody calls this one
  briefing_source brief{};          ///< empty: nothing but defaults
  std::shared_ptr<tool_port> tools{};
  /// How many providers each stage has to fall back on.
  size_t recognisers = 1;
  size_t synthesisers = 1;
  size_t models = 1;
};

/// An engine in virtual time with a store in memory, a ledger, and providers
/// that know what their callers say.
class sim_world {
public:
  explicit sim_world(world_plan plan = {});
  ~sim_world();

  /// The carrier connects a call. Its providers may be told what to do wrong
  /// before time goes on.
  sim_call& place(call_plan plan);

  /// Lets time pass.
  void run(caf::timespan span) { time.advance(span); }

  /// Lets time pass until all calls have ended, at most `span`. True when they
  /// have.
  bool run_until_over(caf::timespan span);

  /// Ends an engine-wide actor the hard way; the engine starts another.
  void kill_store();
  void kill_ledger();
  void kill_registry();

  /// The organisation's talk time is used up from now on, but for what calls
  /// hold already.
  void spend_credit();

  /// A drill, as an operator orders it.
  void kill_child(sim_call& call, const std::string& child);

  /// How many calls the registry counts.
  uint64_t slots();

  /// How many actors live beyond those of the engine itself.
  size_t alive();

  /// Milliseconds since 1970 at `at`, as the calls see it.
  unix_ms unix_time(virtual_world::time_point at) const;

  virtual_world time;
  memory_database_ptr db;
  sim_book_ptr book;
  std::shared_ptr<std::vector<sim_recording>> recordings
    = std::make_shared<std::vector<sim_recording>>();
  std::map<end_reason, int> ended;
  std::vector<std::unique_ptr<sim_call>> calls;
  actors::engine_actor engine;

private:
  std::shared_ptr<actors::call_services> make_services(const world_plan& plan);

  agent_record agent_;
  virtual_world::time_point epoch_;
  store_actor store_;
  ledger_actor ledger_;
  std::shared_ptr<actors::call_services> services_;
  std::shared_ptr<std::map<std::string, stage_world_ptr>> stages_
    = std::make_shared<std::map<std::string, stage_world_ptr>>();
  size_t engine_actors_ = 0;
  size_t spent_ = 0; ///< times that the credit was
};

} // namespace velox::rehearsal
