#pragma once

#include "actors/call_services.hpp"
#include "actors/engine.hpp"
#include "actors/shard.hpp"
#include "adapters/net/outbound.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/memory_store.hpp"
#include "tests/vendors/vendor_leg.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace velox::test {

/// One call on the rig, as its caller and the operator see it.
struct test_call {
  std::string id;
  std::shared_ptr<vendor_leg> leg;
};

/// An engine in this process, as `velox serve` puts it together, for calls
/// whose providers are real vendors' sessions. Fill in `providers`, then
/// `start`.
class call_rig {
public:
  explicit call_rig(std::size_t shards = 1);
  ~call_rig();
  call_rig(const call_rig&) = delete;
  call_rig& operator=(const call_rig&) = delete;

  // -- before `start`
  call_providers providers;
  /// Impatient, except for a silent caller.
  turn_policy turns;
  actors::call_limits limits;
  /// For every vendor's gateway.
  actors::breaker_policy breaker;
  agent_lines lines;
  std::string transfer_number;

  /// What a vendor's factory is made with.
  net::vendor vendor(std::string url, std::string key = "test-key") const;

  void start();

  // -- calls
  /// On the shards in turn.
  test_call dial(mark_habit habit = mark_habit::at_once);
  /// Dials and waits until the greeting was heard.
  test_call dial_and_greet(mark_habit habit = mark_habit::at_once);
  /// Waits until nobody speaks and the agent's turn `turn` is over.
  bool wait_for_turn(const test_call& x, uint64_t turn);
  /// Whether so far the call is in the registry.
  bool live(const test_call& x);
  call_status status(const test_call& x);

  // -- what is stored
  conversation_record conversation(const test_call& x);
  std::vector<message_record> messages(const test_call& x);
  std::vector<call_event> events(const test_call& x);
  /// The `code` of each "provider-failed", with its provider before it:
  /// "a:broken".
  std::vector<std::string> failures(const test_call& x);
  bool wait_for_end(const test_call& x);
  provider_status gateway(const std::string& name);

  /// Hangs up and waits until the conversation is closed.
  bool hang_up(const test_call& x);

  // -- the house
  /// Of all shards.
  net::outbound_counts counts() const;
  /// Waits until only the engine's own actors are left.
  bool wait_until_quiet();
  /// Ends the ways out; true when no connection is left open.
  bool stop_outside();

private:
  struct config : caf::actor_system_config {
    config();
  };

  void spawn_engine();
  void settle_shards();
  bool said(const test_call& x, uint64_t turn);
  template <class Answer, class... Ts>
  Answer ask(const Ts&... xs);

  config config_;
  caf::actor_system system_{config_};
  std::vector<std::unique_ptr<actors::shard>> shards_;
  std::vector<net::outbound_ptr> outside_;
  memory_database_ptr store_;
  actors::engine_actor root_;
  std::shared_ptr<const actors::call_services> services_;
  std::size_t own_actors_ = 0;
  std::size_t dialled_ = 0;
};

} // namespace velox::test
