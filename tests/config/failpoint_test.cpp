#include "config/failpoint.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace velox::config {

namespace {

/// In a process of its own, for the environment is read once.
void run(const char* order) {
  setenv("VELOX_FAILPOINT", order, 1);
  failpoint("ledger.charge", "before");
  failpoint("ledger.charge", "after");
  failpoint("ledger.charge", "after");
  std::_Exit(0);
}

TEST(Failpoint, KillsAtItsPlaceOnly) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto killed = testing::KilledBySignal(SIGKILL);
  auto lived = testing::ExitedWithCode(0);
  EXPECT_EXIT(run("ledger.charge.before"), killed, "");
  EXPECT_EXIT(run("ledger.charge.after@2"), killed, "");
  EXPECT_EXIT(run("ledger.charge.after@3"), lived, "");
  EXPECT_EXIT(run("ledger.settle.after"), lived, "");
  EXPECT_EXIT(run(""), lived, "");
}

TEST(Failpoint, InsistsOnAKnownPlace) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto ask = [] {
    setenv("VELOX_FAILPOINT", "ledger.charge.after", 1);
    try {
      failpoint("nowhere", "before");
    } catch (const std::logic_error&) {
      std::_Exit(7);
    }
  };
  EXPECT_EXIT(ask(), testing::ExitedWithCode(7), "");
}

} // namespace

} // namespace velox::config
