#pragma once

#include "actors/call.hpp"
#include "actors/call_registry.hpp"
#include "actors/memory_ledger.hpp"
#include "protocol/end_reason.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/fake_leg.hpp"
#include "tests/support/fake_providers.hpp"
#include "tests/support/memory_store.hpp"

#include <algorithm>

namespace velox::actors {

using namespace std::chrono_literals;

/// One call with all its actors on a fake leg, in virtual time: the caller at
/// its end speaks and listens in characters (spelled_audio.hpp).
class call_test : public test::actor_test {
protected:
  using written = test::fake_leg::written;

  call_test() {
    agent.id = "a1";
    agent.org_id = "o1";
    agent.name = "Test";
    db = test::make_memory_database(agent);
    services.store = keep(test::spawn_memory_store(sys, db));
    services.ledger = keep(sys.spawn(memory_ledger, int64_t{3600}));
    services.registry = keep(sys.spawn(call_registry, admission_options{}));
    services.choose = fixed_providers(fake->recognizers(), fake->synthesizers(),
                                      fake->models());
    services.brief = [](const agent_record&) { return agent_briefing{}; };
    services.limits.children.intensity = {3, 30s};
    services.turns.idle = 1min; // nobody interferes with what a test waits for
    services.counters.ended = [this](end_reason why) { ended.push_back(why); };
    services.counters.restarted
      = [this](const std::string& child) { restarted.push_back(child); };
    services.counters.answered
      = [this](std::chrono::milliseconds span) { answered.push_back(span); };
    services.counters.interrupted = [this] { ++interruptions; };
    services.time_of_day = [this] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(
               world.now().time_since_epoch())
        .count();
    };
    start.call_id = "CA1";
    start.agent_id = "a1";
    start.org_id = "o1";
    start.token_nonce = "n1";
  }

  /// Nothing of a call may be alive once it is over.
  void TearDown() override {
    if (subject)
      caf::anon_send_exit(subject, caf::exit_reason::kill);
    subject = nullptr;
    actor_test::TearDown();
  }

  /// A call comes in; its caller listens.
  void ring() {
    auto shared = std::make_shared<const call_services>(services);
    subject = sys.spawn(call, call_options{start, leg, shared});
    leg->pick_up();
    settle();
  }

  /// Lets the caller hear the greeting to its end.
  void ring_and_greet() {
    ring();
    advance(5s);
    ASSERT_EQ(leg->heard(), greeting);
  }

  /// The caller speaks, and hears the whole answer.
  void exchange(const std::string& words) {
    leg->say(words);
    advance(20s);
  }

  call_status status() {
    return ask<call_status>(subject, caf::get_atom_v).value();
  }

  std::string doing(const std::string& child) {
    for (auto& x : status().actors)
      if (x.name == child)
        return x.doing;
    return "no such child";
  }

  void kill(const std::string& child) {
    EXPECT_TRUE(ask<caf::ok_atom>(subject, kill_child{child})) << child;
  }

  /// Lets time pass until `child` is doing that.
  bool wait_until(const std::string& child, const std::string& what) {
    for (int i = 0; i < 400; ++i) {
      if (doing(child) == what)
        return true;
      advance(50ms);
    }
    return false;
  }

  const conversation_record& stored() { return db->conversations["CA1"]; }

  /// "assistant: heard|sent|unsent" of all messages.
  std::string messages() {
    std::string result;
    for (auto& x : db->messages_of("CA1")) {
      result += x.role + ": " + x.heard.heard;
      if (!x.heard.sent.empty() || !x.heard.unsent.empty())
        result += "|" + x.heard.sent + "|" + x.heard.unsent;
      result += "\n";
    }
    return result;
  }

  size_t events(const std::string& kind) {
    auto all = db->events_of("CA1");
    return static_cast<size_t>(std::count_if(
      all.begin(), all.end(), [&](auto& x) { return x.kind == kind; }));
  }

  /// The call is over, in the store as at the leg, and nothing lives on.
  void expect_over(end_reason why) {
    EXPECT_EQ(stored().ended_because, to_text(why));
    EXPECT_EQ(events("ended"), 1u);
    EXPECT_EQ(ended, std::vector{why});
    EXPECT_TRUE(leg->closed());
    EXPECT_FALSE(leg->stale_audio());
    EXPECT_LE(leg->longest_lead(), 1s);
    EXPECT_EQ(alive(), 3u) << "store, ledger and registry";
    auto all = db->events_of("CA1");
    for (size_t i = 0; i < all.size(); ++i)
      ASSERT_EQ(all[i].sequence, i + 1);
    EXPECT_EQ(
      ask<registry_status>(services.registry, caf::get_atom_v)->live_calls, 0u);
  }

  const std::string greeting
    = "Hello, this is the test agent. How can I help you?";

  agent_record agent;
  test::memory_database_ptr db;
  test::fake_providers_ptr fake = test::fake_providers::make(world);
  std::shared_ptr<test::fake_leg> leg = test::fake_leg::make(world);
  call_services services;
  leg_start start;
  call_actor subject;
  std::vector<end_reason> ended;
  std::vector<std::string> restarted;
  std::vector<std::chrono::milliseconds> answered;
  int interruptions = 0;
};

} // namespace velox::actors
