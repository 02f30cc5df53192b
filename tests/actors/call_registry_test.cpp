#include "actors/call_registry.hpp"

#include "protocol/errc.hpp"
#include "tests/support/actor_test.hpp"

#include <caf/event_based_actor.hpp>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

/// What became of one arrival.
struct outcome {
  bool in = false;
  caf::error why;
};

class CallRegistry : public test::actor_test {
protected:
  void make(uint64_t limit) {
    registry = keep(sys.spawn(call_registry, admission_options{limit, 5min}));
  }

  /// An actor that asks for a slot, as a call does.
  caf::actor
  arrive(const std::string& id, const std::string& nonce,
         std::shared_ptr<outcome> result = std::make_shared<outcome>()) {
    return keep_quietly(
      sys.spawn([=, this](caf::event_based_actor* call) -> caf::behavior {
        call->request(registry, caf::infinite, admit_call{id, nonce})
          .then([result](const admitted&) { result->in = true; },
                [result](const caf::error& x) { result->why = x; });
        return {
          [call](caf::ok_atom) { call->quit(); },
          [](caf::put_atom) { throw std::runtime_error("a bug"); },
        };
      }));
  }

  /// The same, and what came of it.
  outcome try_to_arrive(const std::string& id, const std::string& nonce) {
    auto result = std::make_shared<outcome>();
    last = arrive(id, nonce, result);
    settle();
    return *result;
  }

  caf::actor keep_quietly(caf::actor x) {
    kept.push_back(x);
    return x;
  }

  uint64_t live() { return status().live_calls; }

  registry_status status() {
    return ask<registry_status>(registry, caf::get_atom_v).value();
  }

  call_registry_actor registry;
  caf::actor last;
};

TEST_F(CallRegistry, AdmitsExactlyItsLimitOfAThousandAtOnce) {
  make(100);
  std::mt19937_64 random{11};
  world.shuffle_with = &random;
  std::vector<std::shared_ptr<outcome>> results;
  for (int i = 0; i < 1000; ++i) {
    results.push_back(std::make_shared<outcome>());
    arrive("CA" + std::to_string(i), "n" + std::to_string(i), results.back());
  }
  settle();
  world.shuffle_with = nullptr;
  EXPECT_EQ(std::count_if(results.begin(), results.end(),
                          [](auto& x) { return x->in; }),
            100);
  EXPECT_EQ(std::count_if(results.begin(), results.end(),
                          [](auto& x) { return x->why == errc::engine_full; }),
            900);
  EXPECT_EQ(live(), 100u);
}

TEST_F(CallRegistry, AdmitsACallOnce) {
  make(10);
  EXPECT_TRUE(try_to_arrive("CA1", "n1").in);
  EXPECT_EQ(try_to_arrive("CA1", "n2").why, errc::duplicate_call);
  EXPECT_EQ(live(), 1u);
}

TEST_F(CallRegistry, AdmitsTheSameCallerAgain) {
  make(1);
  auto first = ask<admitted>(registry, admit_call{"CA1", "n1"});
  auto again = ask<admitted>(registry, admit_call{"CA1", "n1"});
  EXPECT_TRUE(first);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->live_calls, 1u);
}

TEST_F(CallRegistry, TakesATokenOnce) {
  make(10);
  EXPECT_TRUE(try_to_arrive("CA1", "n1").in);
  EXPECT_EQ(try_to_arrive("CA2", "n1").why, errc::token_replayed);
  caf::anon_send_exit(last, caf::exit_reason::kill);
  advance(5min - 1s);
  EXPECT_EQ(try_to_arrive("CA2", "n1").why, errc::token_replayed);
  advance(1s); // the token itself is void by now
  EXPECT_TRUE(try_to_arrive("CA2", "n1").in);
}

TEST_F(CallRegistry, KeepsTheTokenOfWhoFoundNoSlot) {
  make(1);
  try_to_arrive("CA1", "n1");
  auto first = last;
  EXPECT_EQ(try_to_arrive("CA2", "n2").why, errc::engine_full);
  caf::anon_send_exit(first, caf::exit_reason::kill);
  settle();
  EXPECT_TRUE(try_to_arrive("CA2", "n2").in);
}

TEST_F(CallRegistry, GetsItsSlotBackHoweverACallDies) {
  make(3);
  for (int round = 0; round < 10; ++round) {
    auto name = [&](int i) { return std::to_string(round * 10 + i); };
    auto quits = arrive("CA" + name(0), name(0));
    auto throws = arrive("CA" + name(1), name(1));
    auto killed = arrive("CA" + name(2), name(2));
    settle();
    ASSERT_EQ(live(), 3u);
    caf::anon_send(quits, caf::ok_atom_v);
    caf::anon_send(throws, caf::put_atom_v);
    caf::anon_send_exit(killed, caf::exit_reason::kill);
    settle();
    ASSERT_EQ(live(), 0u);
  }
}

TEST_F(CallRegistry, FindsLiveCalls) {
  make(10);
  try_to_arrive("CA1", "n1");
  auto one = last;
  try_to_arrive("CA2", "n2");
  auto found = ask<live_call>(registry, find_call{"CA1"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->call.address(), one.address());
  EXPECT_EQ(ask<std::vector<live_call>>(registry, list_calls{})->size(), 2u);
  EXPECT_EQ(ask<live_call>(registry, find_call{"CA3"}).error(),
            errc::unknown_call);
  caf::anon_send_exit(one, caf::exit_reason::kill);
  settle();
  EXPECT_EQ(ask<live_call>(registry, find_call{"CA1"}).error(),
            errc::unknown_call);
}

TEST_F(CallRegistry, DrainsAtOnceWhenEmpty) {
  make(10);
  auto done = ask<registry_status>(registry, drain{});
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->draining);
  EXPECT_EQ(try_to_arrive("CA1", "n1").why, errc::engine_stopping);
}

TEST_F(CallRegistry, AnswersADrainWhenTheLastCallHasEnded) {
  make(10);
  try_to_arrive("CA1", "n1");
  auto one = last;
  try_to_arrive("CA2", "n2");
  auto two = last;
  auto drained = self->request(registry, caf::infinite, drain{});
  settle();
  EXPECT_TRUE(status().draining);
  EXPECT_EQ(try_to_arrive("CA3", "n3").why, errc::engine_stopping);
  caf::anon_send_exit(one, caf::exit_reason::kill);
  settle();
  EXPECT_EQ(live(), 1u);
  EXPECT_TRUE(self->mailbox().empty()) << "one is still on the line";
  caf::anon_send_exit(two, caf::exit_reason::kill);
  settle();
  bool answered = false;
  drained.receive(
    [&](const registry_status& x) {
      answered = true;
      EXPECT_EQ(x.live_calls, 0u);
    },
    [](const caf::error&) {});
  EXPECT_TRUE(answered);
}

} // namespace

} // namespace velox::actors
