#include "actors/watchdog.hpp"

#include "actors/ghost_timeout.hpp"
#include "actors/pinned.hpp"
#include "actors/shard.hpp"
#include "protocol/interfaces.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>

namespace velox::actors {

namespace {

using namespace std::chrono_literals;

struct stuck_state {
  static inline const char* name = "stuck";
};

/// Holds its thread until told otherwise.
hangup_actor::behavior_type stuck(pinned_pointer<hangup_actor, stuck_state>,
                                  const std::shared_future<void>& release) {
  return {[release](const caller_gone&) { release.wait(); }};
}

/// What the watchdog has said.
class reports {
public:
  void add(const long_hold& x) {
    std::lock_guard guard{mutex_};
    all_.push_back(x);
    news_.notify_all();
  }

  /// The first report; waits for it.
  std::optional<long_hold> first() {
    std::unique_lock lock{mutex_};
    news_.wait_for(lock, 20s, [this] { return !all_.empty(); });
    return all_.empty() ? std::nullopt : std::optional{all_.front()};
  }

  size_t count() {
    std::lock_guard guard{mutex_};
    return all_.size();
  }

private:
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<long_hold> all_;
};

struct actor_config : caf::actor_system_config {
  actor_config() { add_message_types<caf::id_block::velox>(); }
};

class Watchdog : public ::testing::Test {
protected:
  Watchdog() { shard_.start(); }

  void
  expect_report_of(const hangup_actor& culprit, std::promise<void>& release) {
    reports seen;
    watchdog subject{sys, [&](const long_hold& x) { seen.add(x); }};
    caf::anon_send(culprit, caller_gone{1});
    auto first = seen.first();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->actor, "stuck");
    EXPECT_NE(first->message.find("caller_gone"), std::string::npos)
      << first->message;
    EXPECT_GE(first->span, 50ms);
    EXPECT_EQ(seen.count(), 1u) << "one report per hold";
    release.set_value();
  }

  actor_config config_;
  caf::actor_system sys{config_};
  shard shard_{sys, 0};
};

TEST_F(Watchdog, NamesWhoHoldsAShardWhileItDoes) {
  std::promise<void> release;
  auto culprit = spawn_on(shard_, sys, stuck, release.get_future().share());
  expect_report_of(culprit, release);
}

TEST_F(Watchdog, NamesWhoHoldsAWorkerThread) {
  std::promise<void> release;
  auto culprit = sys.spawn(stuck, release.get_future().share());
  expect_report_of(culprit, release);
}

} // namespace

} // namespace velox::actors
