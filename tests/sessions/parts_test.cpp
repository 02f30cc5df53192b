#include "persistence/redis/endpoint.hpp"
#include "persistence/redis/reconnect.hpp"
#include "persistence/redis/script.hpp"
#include "persistence/token_buckets.hpp"
#include "protocol/node_message.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace velox::persistence {

namespace {

using namespace std::chrono_literals;

// -- where Redis is
// -----------------------------------------------------------

TEST(RedisEndpoint, ReadsUrls) {
  struct row {
    const char* url;
    redis::endpoint expected;
  };
  const row rows[] = {
    {"redis://localhost", {"localhost", 6379, "", "", 0}},
    {"redis://localhost/", {"localhost", 6379, "", "", 0}},
    {"redis://10.0.0.7:7000/3", {"10.0.0.7", 7000, "", "", 3}},
    {"redis://:s3cret@cache:6380/1", {"cache", 6380, "", "s3cret", 1}},
    {"redis://velox:p%40ss%2Fword%25@cache",
     {"cache", 6379, "velox", "p@ss/word%", 0}},
    {"redis://[::1]:6379/2", {"::1", 6379, "", "", 2}},
  };
  for (auto& x : rows)
    EXPECT_EQ(redis::parse_endpoint(x.url), x.expected) << x.url;
}

TEST(RedisEndpoint, SaysWhatIsWrongAndTheFix) {
  struct row {
    const char* url;
    const char* part;
  };
  const row rows[] = {
    {"", "no URL"},
    {"localhost:6379", "write redis://"},
    {"http://:s3cret@localhost", "http://"},
    {"rediss://:s3cret@localhost", "stunnel"},
    {"redis://:s3cret@localhost/zero", "no database number"},
    {"redis://:s3cret@localhost/-1", "no database number"},
    {"redis://:s3cret@localhost/1/2", "no database number"},
    {"redis://:s3cret%@localhost", "%25"},
    {"redis://s3cret@localhost", "without a password"},
    {"redis://:s3cret@localhost?db=1", "parameters"},
    {"redis://:s3cret@localhost:0", "port 0"},
    {"redis://:s3cret@localhost:65536", "no URL"},
  };
  for (auto& x : rows) {
    try {
      redis::parse_endpoint(x.url);
      FAIL() << x.url;
    } catch (const std::invalid_argument& e) {
      EXPECT_NE(std::string{e.what()}.find(x.part), std::string::npos)
        << x.url << ": " << e.what();
      EXPECT_EQ(std::string{e.what()}.find("s3cret"), std::string::npos)
        << e.what();
    }
  }
}

TEST(RedisEndpoint, ShowsNoPassword) {
  EXPECT_EQ(redis::parse_endpoint("redis://u:s3cret@h:1/2").text(), "h:1/2");
}

TEST(RedisScript, IsNamedByItsSha1) {
  // FIPS 180-1, appendix A.
  EXPECT_EQ(redis::script{"abc"}.sha1(),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(RedisReconnect, WaitsLongerAndLongerAndNeverTooLong) {
  redis::reconnect x{100ms, 5s};
  redis::reconnect::clock::time_point now{1h};
  EXPECT_TRUE(x.due(now));
  std::chrono::milliseconds pause = 100ms;
  for (int i = 0; i < 12; ++i) {
    x.failed(now);
    auto wait = x.next() - now;
    EXPECT_GE(wait, pause / 2) << i;
    EXPECT_LE(wait, pause) << i;
    EXPECT_FALSE(x.due(now)) << i;
    pause = std::min<std::chrono::milliseconds>(pause * 2, 5s);
    now = x.next();
    EXPECT_TRUE(x.due(now)) << i;
  }
  x.worked();
  x.failed(now);
  EXPECT_LE(x.next() - now, 100ms) << "a success begins anew";
}

// -- rate limits
// --------------------------------------------------------------

TEST(TokenBuckets, FillEvenly) {
  token_buckets buckets;
  token_buckets::time_point now{1h};
  allow_request x{"k", 3, 3000};
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(buckets.allow(x, now).allowed);
  EXPECT_FALSE(buckets.allow(x, now).allowed);
  EXPECT_EQ(buckets.allow(x, now + 400ms).retry_after_ms, 600);
  EXPECT_FALSE(buckets.allow(x, now + 999ms).allowed);
  EXPECT_TRUE(buckets.allow(x, now + 1001ms).allowed);
  EXPECT_FALSE(buckets.allow(x, now + 1002ms).allowed);
  EXPECT_EQ(buckets.allow(x, now + 1h).left, 2u) << "never more than full";
}

TEST(TokenBuckets, AllowNoMoreThanTheLimitOverAnyTime) {
  token_buckets buckets;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    std::mt19937_64 random{seed};
    allow_request x{"k" + std::to_string(seed), 1 + random() % 20,
                    static_cast<int64_t>(100 + random() % 10'000)};
    token_buckets::time_point start{1h};
    auto now = start;
    double allowed = 0;
    for (int i = 0; i < 2000; ++i) {
      now += std::chrono::milliseconds{random() % 50};
      allowed += buckets.allow(x, now).allowed ? 1 : 0;
      std::chrono::duration<double, std::milli> passed = now - start;
      auto most = static_cast<double>(x.limit)
                  * (1 + passed.count() / static_cast<double>(x.per_ms));
      ASSERT_LE(allowed, most + 1e-6) << "seed " << seed << " step " << i;
    }
  }
}

TEST(TokenBuckets, StandAClockThatStepsBack) {
  token_buckets buckets;
  token_buckets::time_point now{1h};
  allow_request x{"k", 1, 1000};
  EXPECT_TRUE(buckets.allow(x, now).allowed);
  EXPECT_FALSE(buckets.allow(x, now - 10min).allowed);
}

TEST(TokenBuckets, RememberABoundedNumberOfStrangers) {
  token_buckets buckets;
  token_buckets::time_point now{1h};
  for (size_t i = 0; i < token_buckets::limit * 2; ++i)
    buckets.allow({std::to_string(i), 1, 60'000}, now += 1ns);
  EXPECT_LE(buckets.size(), token_buckets::limit);
  EXPECT_GT(buckets.size(), token_buckets::limit / 2);
}

// -- what nodes tell each other
// -----------------------------------------------

TEST(NodeMessage, IsReadAsItWasWritten) {
  auto text = to_json(breaker_changed{"deepgram", true, 5000, "node-1"});
  auto x = parse_node_message(text);
  ASSERT_TRUE(x);
  auto& breaker = std::get<breaker_changed>(*x);
  EXPECT_EQ(breaker.provider, "deepgram");
  EXPECT_TRUE(breaker.open);
  EXPECT_EQ(breaker.pause_ms, 5000);
  EXPECT_EQ(breaker.node, "node-1");
  x = parse_node_message(to_json(end_call_anywhere{"CA1", "\"By\\hand\"\n"}));
  ASSERT_TRUE(x);
  EXPECT_EQ(std::get<end_call_anywhere>(*x).explanation, "\"By\\hand\"\n");
  x = parse_node_message(to_json(node_ping{"a"}));
  ASSERT_TRUE(x);
  EXPECT_EQ(std::get<node_ping>(*x).node, "a");
}

TEST(NodeMessage, RefusesWhatItDoesNotKnow) {
  for (
    auto text :
    {"", " ", "{}", "[]", "7", "null", "{\"type\":null}",
     R"({"type":"shutdown"})", R"({"type":"ping"})",
     R"({"type":"ping","node":"a b"})", R"({"type":"ping","node":""})",
     R"({"type":"breaker","provider":"","open":true,"node":"a"})",
     R"({"type":"breaker","provider":"x","open":"yes","node":"a"})",
     R"({"type":"breaker","provider":"x","open":true,"pause_ms":-1,"node":"a"})",
     R"({"type":"end_call","call_id":7})", R"([{"type":"ping","node":"a"}])"})
    EXPECT_FALSE(parse_node_message(text)) << text;
  std::string padded(5000, ' ');
  padded += R"({"type":"ping","node":"a"})";
  EXPECT_FALSE(parse_node_message(padded)) << "too long";
}

TEST(NodeMessage, BoundsTheVendorsPause) {
  auto x = parse_node_message(
    R"({"type":"breaker","provider":"x","open":true,"pause_ms":99999999999,"node":"a"})");
  ASSERT_TRUE(x);
  EXPECT_EQ(std::get<breaker_changed>(*x).pause_ms, 3'600'000);
}

} // namespace

} // namespace velox::persistence
