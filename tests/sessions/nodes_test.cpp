#include "tests/sessions/node.hpp"

#include <set>

namespace velox::persistence {

namespace {

/// Two nodes and one Redis.
class Nodes : public ::testing::Test {
protected:
  node::options named(const std::string& name) {
    return {.name = name,
            .redis = url,
            .prefix = prefix,
            .lease = 1500ms,
            .renewal = 300ms,
            .patience = 2s};
  }

  /// Waits until messages of other nodes reach `x`.
  bool wait_until_listening(const std::string& name) {
    return test::eventually([&] {
      return redis({"PUBSUB", "NUMSUB", prefix + "velox:node:" + name})
               .at(1)
               .integer
             == 1;
    });
  }

  std::string url = test::shared_redis_url(VELOX_BINARY_DIR);
  std::string prefix = fresh_prefix();
  redis_probe redis{url};
};

TEST_F(Nodes, OneOfAThousandSimultaneousAttemptsWins) {
  node a{named("a")};
  node b{named("b")};
  std::atomic<int> won = 0;
  std::atomic<int> refused = 0;
  std::vector<caf::actor> callers; // whoever ends gives the lease back
  for (int i = 0; i < 1000; ++i) {
    auto& at = i % 2 == 0 ? a : b;
    callers.push_back(
      at.sys.spawn([&](caf::event_based_actor* self) -> caf::behavior {
        self->request(at.store, caf::infinite, take_lease{"CA1", "o", "a", 0})
          .then([&](const call_lease&) { ++won; },
                [&](const caf::error& why) {
                  EXPECT_EQ(why, errc::duplicate_call);
                  ++refused;
                });
        return {[](caf::unit_t) {}};
      }));
  }
  EXPECT_TRUE(test::eventually([&] { return won + refused == 1000; }));
  EXPECT_EQ(won, 1);
  EXPECT_EQ(a.status().leases + b.status().leases, 1u);
  for (auto& x : callers)
    caf::anon_send_exit(x, caf::exit_reason::kill);
}

TEST_F(Nodes, FencesGrowFromNodeToNode) {
  node a{named("a")};
  node b{named("b")};
  auto first = a.take("CA1");
  EXPECT_GT(first, 0);
  EXPECT_EQ(b.take("CA1"), 0) << "another node has it";
  EXPECT_EQ(a.status().leases, 1u);
  EXPECT_EQ(b.status().leases, 0u);
  int64_t last = 0;
  for (int i = 0; i < 50; ++i) {
    auto fence = (i % 2 == 0 ? a : b).brief("CA2");
    EXPECT_GT(fence, last);
    last = fence;
    ASSERT_TRUE(test::eventually([&] {
      return redis({"EXISTS", prefix + "lease:call:CA2"}).integer == 0;
    }));
  }
  EXPECT_GT(last, first);
}

TEST_F(Nodes, KeepsALeaseForLongerThanItsTime) {
  node a{named("a")};
  node b{named("b")};
  ASSERT_GT(a.take("CA1"), 0);
  auto until = std::chrono::steady_clock::now() + 4s;
  while (std::chrono::steady_clock::now() < until)
    ASSERT_EQ(b.take("CA1"), 0);
}

TEST_F(Nodes, ADeadNodeLosesItsLeases) {
  node b{named("b")};
  int64_t first = 0;
  {
    node a{named("a")};
    first = a.take("CA1");
    ASSERT_GT(first, 0);
    EXPECT_EQ(b.take("CA1"), 0);
    // Its end, not that of its calls: nothing is given back.
  }
  auto died = std::chrono::steady_clock::now();
  int64_t second = 0;
  ASSERT_TRUE(
    test::eventually([&] { return (second = b.take("CA1")) > 0; }, 5s));
  EXPECT_GT(second, first);
  EXPECT_GT(std::chrono::steady_clock::now() - died, 500ms)
    << "the lease was not kept for its time";
}

TEST_F(Nodes, TheFormerOwnerHearsThatItLostTheCall) {
  node b{named("b")};
  node a{named("a")};
  ASSERT_GT(a.take("CA1"), 0);
  // As if `a` had slept for longer than its lease.
  redis({"DEL", prefix + "lease:call:CA1"});
  int64_t second = b.take("CA1");
  if (second == 0) { // `a` was quicker with a renewal
    redis({"DEL", prefix + "lease:call:CA1"});
    second = b.take("CA1");
  }
  ASSERT_GT(second, 0);
  auto told = a.next<wire_closed>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->why, end_reason::wire_lost);
  EXPECT_EQ(a.status().leases, 0u);
  EXPECT_EQ(redis({"GET", prefix + "lease:call:CA1"}).text,
            "b " + std::to_string(second));
  // What it still says of the call is not shown.
  a.show("CA1", call_stage::speaking, 77);
  b.show("CA1", call_stage::thinking, 3);
  EXPECT_TRUE(test::eventually(
    [&] { return redis.hash(prefix + "call:CA1")["stage"] == "thinking"; }));
  EXPECT_EQ(redis.hash(prefix + "call:CA1")["node"], "b");
}

TEST_F(Nodes, EndsACallOfTheOtherNode) {
  node a{named("a")};
  node b{named("b")};
  ASSERT_TRUE(wait_until_listening("a"));
  ASSERT_GT(a.take("CA1"), 0);
  ASSERT_TRUE(b.ask<caf::ok_atom>(end_call_anywhere{"CA1", "By hand."}));
  auto told = a.next<end_call>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->why, end_reason::ended_by_operator);
  EXPECT_EQ(told->explanation, "By hand.");
}

TEST_F(Nodes, SaysWhenTheOtherNodeDoesNotListen) {
  node b{named("b")};
  b.wait_until_up();
  redis({"SET", prefix + "lease:call:CA1", "gone 17"});
  auto x = b.ask<caf::ok_atom>(end_call_anywhere{"CA1", ""});
  ASSERT_FALSE(x);
  EXPECT_EQ(x.error(), errc::unknown_call);
}

/// A node's gateways, as far as they hear of others.
provider_gateway_actor gateways(node& x) {
  return caf::actor_cast<provider_gateway_actor>(x.self);
}

TEST_F(Nodes, ABreakerIsSeenByTheOtherNode) {
  node a{named("a")};
  node b{named("b")};
  for (auto* x : {&a, &b})
    x->self->send(x->store, node_listeners{gateways(*x), {"deepgram"}});
  ASSERT_TRUE(wait_until_listening("a") && wait_until_listening("b"));
  a.self->send(a.store, breaker_changed{"deepgram", true, 5000});
  auto heard = b.next<breaker_changed>();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->provider, "deepgram");
  EXPECT_TRUE(heard->open);
  EXPECT_EQ(heard->pause_ms, 5000);
  EXPECT_EQ(heard->node, "a");
  a.self->send(a.store, breaker_changed{"deepgram", false, 0});
  heard = b.next<breaker_changed>();
  ASSERT_TRUE(heard);
  EXPECT_FALSE(heard->open);
  EXPECT_FALSE(a.next<breaker_changed>(100ms)) << "an echo of its own";
}

TEST_F(Nodes, AStartingNodeHearsOfAnOpenBreaker) {
  node a{named("a")};
  a.wait_until_up();
  a.self->send(a.store, breaker_changed{"deepgram", true, 8000});
  ASSERT_TRUE(test::eventually([&] {
    return redis({"EXISTS", prefix + "breaker:deepgram"}).integer == 1;
  }));
  node b{named("b")};
  b.self->send(b.store, node_listeners{gateways(b), {"openai", "deepgram"}});
  auto heard = b.next<breaker_changed>();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->provider, "deepgram");
  EXPECT_TRUE(heard->open);
  EXPECT_GT(heard->pause_ms, 1000);
  EXPECT_LE(heard->pause_ms, 8000);
}

TEST_F(Nodes, IgnoresWhatItDoesNotUnderstand) {
  node a{named("a")};
  a.self->send(a.store, node_listeners{gateways(a), {}});
  ASSERT_TRUE(wait_until_listening("a"));
  for (auto text :
       {"", "{", "[]", "null", R"({"type":"reboot"})", R"({"type":7})",
        R"({"type":"breaker","provider":"x","open":1,"node":"b"})",
        R"({"type":"end_call"})", R"({"type":"end_call","call_id":"CA9"})"})
    redis({"PUBLISH", prefix + "velox:node:a", text});
  redis(
    {"PUBLISH", prefix + "velox:all",
     R"({"type":"breaker","provider":"x","open":true,"pause_ms":7,"node":"b","new":1})"});
  auto heard = a.next<breaker_changed>();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->pause_ms, 7);
}

TEST_F(Nodes, SharesRateLimits) {
  node a{named("a")};
  node b{named("b")};
  a.wait_until_up();
  b.wait_until_up();
  int allowed = 0;
  for (int i = 0; i < 20; ++i)
    for (auto* x : {&a, &b})
      allowed
        += x->ask<request_allowed>(allow_request{"k", 10, 600'000})->allowed
             ? 1
             : 0;
  EXPECT_EQ(allowed, 10);
}

TEST_F(Nodes, SeesTheCallsOfAllNodes) {
  node a{named("a")};
  node b{named("b")};
  a.take("CA1");
  b.take("CA2");
  EXPECT_TRUE(test::eventually([&] {
    auto all = a.ask<std::vector<session_record>>(list_sessions{});
    std::set<std::string> seen;
    for (auto& x : *all)
      seen.insert(x.call_id + "@" + x.node);
    return seen == std::set<std::string>{"CA1@a", "CA2@b"};
  }));
}

} // namespace

} // namespace velox::persistence
