#include "tests/integration/engine_fixture.hpp"
#include "tests/support/eventually.hpp"

#include <fstream>
#include <gmock/gmock.h>

/// The real program and the tests' real Redis: what operators see with
/// redis-cli, and what calls notice when there is no Redis (nothing).

namespace velox::test {

namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string redis_url() {
  std::ifstream in{VELOX_BINARY_DIR "/servers/redis.url"};
  std::string result;
  std::getline(in, result);
  EXPECT_FALSE(result.empty()) << "run tests/support/servers.sh start "
                                  "" VELOX_BINARY_DIR "/servers";
  return result;
}

class Redis : public engine_test {
protected:
  std::string redis(std::vector<std::string> args) const {
    std::vector<std::string> argv{"/usr/bin/env", "redis-cli", "-u",
                                  url_of_redis};
    argv.insert(argv.end(), args.begin(), args.end());
    return run(argv).out;
  }

  std::unique_ptr<child_process> phone() const {
    return std::make_unique<child_process>(
      tool({"call", "--json", "--to", "+15550100", "--say",
            "what are your opening hours", "--duration", "30"}));
  }

  /// The id of the call that is live.
  std::string live_call() const {
    std::string id;
    auto is_there = [&] {
      auto text = ctl({"calls", "--json"}).out;
      auto at = text.find("\"call_id\":\"");
      if (at != text.npos)
        id = text.substr(at + 11, 34);
      return !id.empty();
    };
    EXPECT_TRUE(eventually(is_there, seconds{10}));
    return id;
  }

  std::string url_of_redis = redis_url() + "/5";
};

TEST_F(Redis, ShowsWhatEachCallIsDoing) {
  environment["REDIS_URL"] = url_of_redis;
  environment["VELOX_NODE_NAME"] = "test-node";
  start();
  EXPECT_THAT(get("/readyz"),
              AllOf(HasSubstr("\"redis\""), Not(HasSubstr("degraded"))));
  EXPECT_THAT(get("/metrics"), HasSubstr("velox_redis_up 1"));
  auto caller = phone();
  auto key = "call:" + live_call();
  auto shows = [&](const char* what) {
    return eventually(
      [&] {
        return redis({"hgetall", key}).find(what) != std::string::npos;
      },
      seconds{20});
  };
  EXPECT_TRUE(shows("speaking")) << redis({"hgetall", key});
  auto seen = redis({"hgetall", key});
  EXPECT_THAT(seen, AllOf(HasSubstr("interrupt_count"), HasSubstr("test-node"),
                          HasSubstr("default"), Not(HasSubstr("5550"))))
    << "and no phone number";
  EXPECT_THAT(redis({"get", "lease:" + key}), HasSubstr("test-node"));
  EXPECT_EQ(caller->wait(seconds{60}), 0);
  EXPECT_TRUE(shows("ended"));
  EXPECT_TRUE(eventually([&] {
    return redis({"exists", "lease:" + key}) == "0\n";
  }));
}

TEST_F(Redis, IsNotNeededForCalls) {
  environment["REDIS_URL"] = "redis://127.0.0.1:1"; // nobody listens there
  start();
  EXPECT_THAT(get("/readyz"), HasSubstr("degraded"));
  EXPECT_THAT(get("/metrics"), HasSubstr("velox_redis_up 0"));
  auto report
    = call({"--to", "+15550100", "--say", "what are your opening hours"});
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_THAT(report.said_by("agent"), HasSubstr("Monday"));
}

} // namespace

} // namespace velox::test
