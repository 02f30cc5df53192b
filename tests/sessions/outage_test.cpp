#include "tests/sessions/node.hpp"

namespace velox::persistence {

namespace {

struct counted {
  std::atomic<int> up = -1;
  std::atomic<int> reconnected = 0;
  std::atomic<int> ok = 0;
  std::atomic<int> failed = 0;
};

/// Fifty calls on a node whose Redis goes away and comes back.
class Outage : public ::testing::Test {
protected:
  static constexpr int calls = 50;

  node::options options() {
    redis::client_counters counters;
    counters.up = [this](bool up) { counts.up = up ? 1 : 0; };
    counters.reconnected = [this] { ++counts.reconnected; };
    counters.command = [this](std::string_view result) {
      ++(result == "ok" ? counts.ok : counts.failed);
    };
    return {.redis = server.url(),
            .renewal = 500ms,
            .patience = 300ms,
            .counters = counters};
  }

  static std::string id(int i) { return "CA" + std::to_string(i); }

  /// Every call says something new, four times a second, and nobody waits.
  void talk(std::chrono::milliseconds span) {
    auto until = std::chrono::steady_clock::now() + span;
    while (std::chrono::steady_clock::now() < until) {
      ++turn;
      for (int i = 0; i < calls; ++i)
        subject.show(
          id(i), turn % 2 == 0 ? call_stage::speaking : call_stage::listening,
          turn);
      auto before = std::chrono::steady_clock::now();
      auto status = subject.status();
      slowest = std::max(slowest, std::chrono::steady_clock::now() - before);
      EXPECT_EQ(status.leases, static_cast<uint64_t>(calls))
        << "a call was dropped";
      most_unwritten = std::max(most_unwritten, status.unwritten);
      EXPECT_FALSE(subject.next<wire_closed>(0s)) << "a call was dropped";
      std::this_thread::sleep_for(250ms);
    }
  }

  /// All leases and the latest stages are in Redis.
  void expect_all_there() {
    redis_probe redis{server.url()};
    for (int i = 0; i < calls; ++i)
      EXPECT_TRUE(test::eventually([&] {
        return redis.hash("call:" + id(i))["turn"] == std::to_string(turn)
               && redis({"GET", "lease:call:" + id(i)}).text
                    == "a " + std::to_string(fences[i]);
      }))
        << id(i);
    EXPECT_EQ(redis({"ZCARD", "calls:live"}).integer, calls);
  }

  void take_all() {
    ASSERT_TRUE(subject.wait_until_up());
    for (int i = 0; i < calls; ++i)
      ASSERT_GT(fences[i] = subject.take(id(i)), 0);
    talk(1s);
    expect_all_there();
  }

  counted counts;
  test::redis_server server;
  node subject{options()};
  std::map<int, int64_t> fences;
  uint64_t turn = 0;
  uint64_t most_unwritten = 0;
  std::chrono::steady_clock::duration slowest{0};
};

TEST_F(Outage, NoCallDropsWhenRedisIsKilledForTenSeconds) {
  take_all();
  server.kill();
  talk(5s);
  // Calls come and go meanwhile.
  auto before = std::chrono::steady_clock::now();
  ASSERT_GT(subject.take("CA-new"), fences[calls - 1]);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 400ms)
    << "a lease waited for a Redis that is away";
  EXPECT_TRUE(
    subject.ask<request_allowed>(allow_request{"k", 1, 60'000})->allowed);
  EXPECT_FALSE(
    subject.ask<request_allowed>(allow_request{"k", 1, 60'000})->allowed);
  auto status = subject.status();
  EXPECT_FALSE(status.up);
  EXPECT_NE(status.explanation.find("away"), std::string::npos);
  EXPECT_EQ(counts.up, 0);
  EXPECT_GT(subject.brief("CA-brief"), 0);
  ASSERT_TRUE(
    test::eventually([&] { return subject.status().leases == calls + 1; }));
  std::this_thread::sleep_for(5s);
  server.start();
  ASSERT_TRUE(subject.wait_until_up());
  redis_probe redis{server.url()};
  EXPECT_TRUE(test::eventually([&] {
    return redis({"EXISTS", "lease:call:CA-new"}).integer == 1;
  }));
  EXPECT_TRUE(test::eventually(
    [&] { return redis.hash("call:CA-brief")["stage"] == "ended"; }));
  for (int i = 0; i < calls; ++i)
    EXPECT_TRUE(test::eventually([&] {
      return redis.hash("call:" + id(i))["turn"] == std::to_string(turn);
    }))
      << id(i);
  EXPECT_EQ(redis({"ZCARD", "calls:live"}).integer, calls + 1);
  for (int i = 0; i < calls; ++i)
    EXPECT_EQ(redis({"GET", "lease:call:" + id(i)}).text,
              "a " + std::to_string(fences[i]));
  EXPECT_GE(counts.reconnected, 1);
  EXPECT_EQ(counts.up, 1);
  EXPECT_LE(most_unwritten, calls + 1u) << "more is kept than the latest";
  EXPECT_LT(slowest, 100ms);
  EXPECT_TRUE(
    test::eventually([&] { return subject.status().unwritten == 0; }));
}

TEST_F(Outage, NoCallDropsWhenRedisHangs) {
  take_all();
  server.pause();
  talk(4s);
  auto before = std::chrono::steady_clock::now();
  ASSERT_GT(subject.take("CA-new"), fences[calls - 1]);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 400ms);
  EXPECT_FALSE(subject.status().up);
  EXPECT_LT(slowest, 100ms) << "somebody waited for Redis";
  server.resume();
  ASSERT_TRUE(subject.wait_until_up());
  EXPECT_TRUE(
    test::eventually([&] { return subject.status().unwritten == 0; }));
  redis_probe redis{server.url()};
  for (int i = 0; i < calls; ++i) {
    EXPECT_EQ(redis.hash("call:" + id(i))["turn"], std::to_string(turn));
    EXPECT_TRUE(test::eventually([&] {
      return redis({"GET", "lease:call:" + id(i)}).text
             == "a " + std::to_string(fences[i]);
    }))
      << id(i);
  }
  EXPECT_FALSE(subject.next<wire_closed>(0s)) << "a call was dropped";
}

TEST_F(Outage, HearsOtherNodesAgainAfterwards) {
  take_all();
  server.kill();
  ASSERT_TRUE(test::eventually([&] { return !subject.status().up; }));
  server.start();
  ASSERT_TRUE(subject.wait_until_up());
  redis_probe redis{server.url()};
  ASSERT_TRUE(test::eventually([&] {
    return redis({"PUBLISH", "velox:node:a",
                  R"({"type":"end_call","call_id":"CA7"})"})
             .integer
           == 1;
  }));
  EXPECT_TRUE(subject.next<end_call>());
}

TEST(NoRedis, StartsWithoutARedisThatAnswers) {
  // Nobody listens on port 1.
  node subject{{.redis = "redis://127.0.0.1:1"}};
  auto before = std::chrono::steady_clock::now();
  EXPECT_GT(subject.take("CA1"), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
  EXPECT_FALSE(subject.status().up);
  EXPECT_EQ(subject.status().leases, 1u);
}

TEST(NoRedis, SaysWhenThePasswordIsWrong) {
  test::redis_server server{{"--requirepass", "secret"}};
  auto at = [&](const std::string& user) {
    return "redis://" + user + "127.0.0.1:" + std::to_string(server.port());
  };
  for (auto user : {"", ":wrong@"}) {
    node subject{{.redis = at(user)}};
    EXPECT_GT(subject.take("CA1"), 0);
    auto status = subject.status();
    EXPECT_FALSE(status.up);
    EXPECT_NE(status.explanation.find("Redis refuses"), std::string::npos)
      << status.explanation;
  }
  node subject{{.redis = at("default:secret@")}};
  EXPECT_TRUE(subject.wait_until_up());
}

TEST(NoRedis, ComesUpWithARedisThatStartsLater) {
  test::redis_server server;
  server.kill();
  node subject{{.redis = server.url()}};
  auto fence = subject.take("CA1");
  EXPECT_GT(fence, 0);
  EXPECT_FALSE(subject.status().up);
  server.start();
  ASSERT_TRUE(subject.wait_until_up());
  redis_probe redis{server.url()};
  EXPECT_TRUE(test::eventually([&] {
    return redis({"GET", "lease:call:CA1"}).text
           == "a " + std::to_string(fence);
  }));
}

} // namespace

} // namespace velox::persistence
