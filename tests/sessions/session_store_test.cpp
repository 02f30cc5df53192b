#include "tests/sessions/node.hpp"

namespace velox::persistence {

namespace {

enum class kind { in_process, redis };

/// The contract of every session store, with a Redis or without.
class SessionStore : public ::testing::TestWithParam<kind> {
protected:
  static node::options options() {
    node::options x;
    if (GetParam() == kind::redis) {
      x.redis = test::shared_redis_url(VELOX_BINARY_DIR);
      x.prefix = fresh_prefix();
    }
    return x;
  }

  node subject{options()};
};

TEST_P(SessionStore, GivesLeasesWithFencesThatGrow) {
  int64_t last = 0;
  for (int i = 0; i < 50; ++i) {
    int64_t fence = 0;
    // The one before may not be given back yet.
    ASSERT_TRUE(
      test::eventually([&] { return (fence = subject.brief("CA1")) > 0; }));
    EXPECT_GT(fence, last);
    last = fence;
  }
  // A fence is a time, or close behind one.
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
               .count();
  EXPECT_NEAR(static_cast<double>(last), static_cast<double>(now), 60'000);
}

TEST_P(SessionStore, LetsACallHaveOneHolder) {
  ASSERT_GT(subject.take("CA1"), 0);
  EXPECT_EQ(subject.brief("CA1"), 0);
  EXPECT_EQ(subject.take("CA1"), 0) << "nor twice the same";
  EXPECT_EQ(subject.status().leases, 1u);
  EXPECT_FALSE(subject.next<wire_closed>(0s));
}

TEST_P(SessionStore, GivesTheLeaseBackWithTheDeathOfItsHolder) {
  ASSERT_GT(subject.brief("CA1"), 0);
  EXPECT_TRUE(test::eventually([&] { return subject.status().leases == 0; }));
  EXPECT_TRUE(test::eventually([&] {
    auto all = subject.ask<std::vector<session_record>>(list_sessions{});
    return all && all->empty();
  }));
}

TEST_P(SessionStore, ListsLiveCalls) {
  subject.take("CA1");
  subject.take("CA2");
  subject.show("CA2", call_stage::user_speaking, 3, 1);
  session_record seen;
  ASSERT_TRUE(test::eventually([&] {
    auto all = subject.ask<std::vector<session_record>>(list_sessions{});
    for (auto& x : *all)
      if (x.call_id == "CA2")
        seen = x;
    return all->size() == 2 && seen.stage == "user_speaking";
  }));
  EXPECT_EQ(seen.node, "a");
  EXPECT_EQ(seen.org_id, "o1");
  EXPECT_EQ(seen.agent_id, "a1");
  EXPECT_EQ(seen.turn, 3u);
  EXPECT_EQ(seen.interrupt_count, 1u);
}

TEST_P(SessionStore, LimitsRequestsPerKey) {
  allow_request x{"someone", 5, 60'000};
  for (uint64_t i = 0; i < 5; ++i) {
    auto y = subject.ask<request_allowed>(x);
    ASSERT_TRUE(y && y->allowed) << i;
    EXPECT_EQ(y->left, 4 - i);
    EXPECT_EQ(y->retry_after_ms, 0);
  }
  auto refused = subject.ask<request_allowed>(x);
  EXPECT_FALSE(refused->allowed);
  EXPECT_GT(refused->retry_after_ms, 10'000);
  EXPECT_LE(refused->retry_after_ms, 12'000);
  EXPECT_TRUE(
    subject.ask<request_allowed>(allow_request{"other", 5, 60'000})->allowed);
}

TEST_P(SessionStore, AllowsMoreAfterAWhile) {
  allow_request x{"quick", 2, 100}; // a token every 50 ms
  EXPECT_TRUE(subject.ask<request_allowed>(x)->allowed);
  EXPECT_TRUE(subject.ask<request_allowed>(x)->allowed);
  auto refused = 0;
  EXPECT_TRUE(test::eventually([&] {
    auto y = subject.ask<request_allowed>(x)->allowed;
    refused += y ? 0 : 1;
    return y;
  }));
  EXPECT_GT(refused, 0);
}

TEST_P(SessionStore, AllowsNothingWithALimitOfZero) {
  EXPECT_FALSE(
    subject.ask<request_allowed>(allow_request{"k", 0, 1000})->allowed);
  EXPECT_TRUE(subject.ask<request_allowed>(allow_request{"k", 1, -5})->allowed)
    << "a period that is none";
}

TEST_P(SessionStore, EndsItsOwnCalls) {
  subject.take("CA1");
  ASSERT_TRUE(subject.ask<caf::ok_atom>(end_call_anywhere{"CA1", "Because."}));
  auto told = subject.next<end_call>();
  ASSERT_TRUE(told);
  EXPECT_EQ(told->why, end_reason::ended_by_operator);
  EXPECT_EQ(told->explanation, "Because.");
}

TEST_P(SessionStore, KnowsNoCallThatNobodyHas) {
  for (auto id : {"CA404", "", "CA1 b", "*", "CA1\r\nFLUSHALL"}) {
    auto x = subject.ask<caf::ok_atom>(end_call_anywhere{id, ""});
    ASSERT_FALSE(x) << id;
    EXPECT_EQ(x.error(), errc::unknown_call) << id;
  }
}

TEST_P(SessionStore, TakesHostileIds) {
  for (auto id : {"CA 1", "CA\r\n2", "call:CA'3\"", "\xff\xfe", "%s%n"}) {
    EXPECT_GT(subject.take(id), 0) << id;
    subject.show(id, call_stage::speaking);
  }
  EXPECT_EQ(subject.status().leases, 5u);
}

INSTANTIATE_TEST_SUITE_P(Every, SessionStore,
                         ::testing::Values(kind::in_process, kind::redis),
                         [](auto& x) {
                           return x.param == kind::redis ? "redis"
                                                         : "in_process";
                         });

// -- what is to be seen in Redis
// ----------------------------------------------

class RedisSessions : public ::testing::Test {
protected:
  std::string url = test::shared_redis_url(VELOX_BINARY_DIR);
  std::string prefix = fresh_prefix();
  redis_probe redis{url};
  node subject{{.redis = url, .prefix = prefix}};

  std::string stage() { return redis.hash(prefix + "call:CA1")["stage"]; }
};

TEST_F(RedisSessions, ShowsOperatorsWhatACallIsDoing) {
  auto fence = subject.take("CA1");
  subject.show("CA1", call_stage::thinking, 7, 2);
  ASSERT_TRUE(test::eventually([&] { return stage() == "thinking"; }));
  auto seen = redis.hash(prefix + "call:CA1");
  EXPECT_EQ(seen["interrupt_count"], "2");
  EXPECT_EQ(seen["turn"], "7");
  EXPECT_EQ(seen["org_id"], "o1");
  EXPECT_EQ(seen["agent_id"], "a1");
  EXPECT_EQ(seen["node"], "a");
  EXPECT_EQ(seen["fence"], std::to_string(fence));
  EXPECT_EQ(seen["started_at"], "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(seen["updated_at"].size(), 24u);
  EXPECT_EQ(seen.size(), 9u) << "and nothing about the caller";
  auto ttl = redis({"PTTL", prefix + "call:CA1"}).integer;
  EXPECT_GT(ttl, 3'500'000);
  EXPECT_LE(ttl, 3'600'000);
  EXPECT_EQ(redis({"GET", prefix + "lease:call:CA1"}).text,
            "a " + std::to_string(fence));
  ttl = redis({"PTTL", prefix + "lease:call:CA1"}).integer;
  EXPECT_GT(ttl, 5'000);
  EXPECT_LE(ttl, 15'000);
  EXPECT_EQ(redis({"ZRANGE", prefix + "calls:live", "0", "-1"}).at(0).text,
            "CA1");
}

TEST_F(RedisSessions, ShowsTheEndForAMinute) {
  ASSERT_GT(subject.brief("CA1"), 0);
  ASSERT_TRUE(test::eventually([&] { return stage() == "ended"; }));
  auto ttl = redis({"PTTL", prefix + "call:CA1"}).integer;
  EXPECT_GT(ttl, 50'000);
  EXPECT_LE(ttl, 60'000);
  EXPECT_EQ(redis({"EXISTS", prefix + "lease:call:CA1"}).integer, 0);
  EXPECT_EQ(redis({"ZCARD", prefix + "calls:live"}).integer, 0);
}

TEST_F(RedisSessions, WritesStagesNoMoreOftenThanTenTimesASecond) {
  subject.take("CA1");
  ASSERT_TRUE(test::eventually([&] { return !stage().empty(); }));
  // `config resetstat` would disturb the other tests: count our own commands.
  auto before = std::chrono::steady_clock::now();
  std::string last;
  int changes = 0;
  for (uint64_t i = 1; std::chrono::steady_clock::now() - before < 1s; ++i) {
    subject.show("CA1", call_stage::speaking, i);
    auto now = redis.hash(prefix + "call:CA1")["turn"];
    changes += now == last ? 0 : 1;
    last = now;
  }
  EXPECT_GE(changes, 5);
  EXPECT_LE(changes, 12);
  subject.show("CA1", call_stage::tool, 99'999);
  EXPECT_TRUE(test::eventually([&] {
    auto x = redis.hash(prefix + "call:CA1");
    return x["stage"] == "tool" && x["turn"] == "99999";
  }))
    << "the last one counts";
}

TEST_F(RedisSessions, AnnouncesItself) {
  subject.wait_until_up();
  EXPECT_TRUE(test::eventually([&] {
    return redis({"GET", prefix + "node:a"}).text == "up";
  }));
}

TEST_F(RedisSessions, LeavesNoBucketThatIsFullAgain) {
  subject.ask<request_allowed>(allow_request{"k", 10, 100});
  EXPECT_TRUE(test::eventually([&] {
    return redis({"EXISTS", prefix + "limit:k"}).integer == 0;
  }));
}

TEST_F(RedisSessions, SurvivesALossOfItsScripts) {
  ASSERT_GT(subject.take("CA1"), 0);
  ASSERT_TRUE(redis({"SCRIPT", "FLUSH"}).ok());
  EXPECT_GT(subject.take("CA2"), 0);
  EXPECT_TRUE(test::eventually([&] {
    return redis({"EXISTS", prefix + "lease:call:CA2"}).integer == 1;
  }));
}

TEST_F(RedisSessions, KeepsAFenceAboveTheLastOneOfRedis) {
  // A clock that was ahead by an hour.
  redis({"SET", prefix + "fence:CA1", "b 9000000000000"});
  EXPECT_EQ(subject.take("CA1"), 9'000'000'000'001);
}

} // namespace

} // namespace velox::persistence
