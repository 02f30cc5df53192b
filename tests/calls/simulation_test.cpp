#include "tests/calls/simulated_call.hpp"

#include <cstdlib>
#include <iostream>

namespace velox::test {
namespace {

uint64_t number_from(const char* variable, uint64_t fallback) {
  auto* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : fallback;
}

std::string report(uint64_t seed, const std::vector<std::string>& broken) {
  std::string result;
  for (auto& x : broken)
    result += "  " + x + "\n";
  return result + "  again: VELOX_SIM_SEED=" + std::to_string(seed)
         + " build/release/test_calls --gtest_filter=Simulation.*";
}

/// The seeds are split into parts, so that ctest can run them side by side.
/// VELOX_SIM_CALLS sets how many seeds a part has; VELOX_SIM_SEED runs one
/// seed alone and prints all that happened.
class Simulation : public ::testing::TestWithParam<uint64_t> {};

TEST_P(Simulation, KeepsEveryPromise) {
  if (auto seed = number_from("VELOX_SIM_SEED", 0); seed != 0) {
    simulation one{seed};
    auto broken = one.broken_promises();
    std::cout << one.trace();
    EXPECT_TRUE(broken.empty()) << report(seed, broken);
    return;
  }
  auto count = number_from("VELOX_SIM_CALLS", 300);
  auto most = number_from("VELOX_SIM_FAILURES", 5); // enough to see a pattern
  size_t failures = 0;
  for (uint64_t i = 0; i < count && failures < most; ++i) {
    auto seed = GetParam() * count + i + 1;
    auto broken = simulation{seed}.broken_promises();
    failures += broken.empty() ? 0 : 1;
    EXPECT_TRUE(broken.empty()) << report(seed, broken);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Simulation, ::testing::Range<uint64_t>(0, 4));

} // namespace
} // namespace velox::test
