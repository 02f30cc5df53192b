#include "adapters/cli/rehearsal/rehearsal.hpp"
#include "adapters/cli/rehearsal/reports.hpp"
#include "adapters/cli/rehearsal/script_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

/// Every tests/calls/*.yaml is one whole call, as authors of agents write them
/// (docs/scripted-calls.md), and one test: `velox test` runs them just so.
namespace velox::test {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct calls_found {
  std::vector<rehearsal::call_script> calls;
  std::vector<std::string> errors;
};

/// In the order of their names. Its errors are a test's to report.
calls_found find_calls() {
  calls_found result;
  std::vector<fs::path> files;
  for (auto& entry : fs::directory_iterator{VELOX_SOURCE_DIR "/tests/calls"})
    if (entry.path().extension() == ".yaml")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (auto& file : files) {
    auto read_beside = [&](std::string_view name) {
      return caf::expected<std::string>{read_text(file.parent_path() / name)};
    };
    auto parsed = rehearsal::parse_scripts(read_text(file),
                                           file.stem().string(), read_beside);
    for (auto& x : parsed.errors)
      result.errors.push_back(file.string() + ": " + x);
    for (auto& x : parsed.calls) {
      x.file = fs::relative(file, VELOX_SOURCE_DIR).string();
      result.calls.push_back(std::move(x));
    }
  }
  return result;
}

const calls_found& all_calls() {
  static const auto result = find_calls();
  return result;
}

std::string test_name(std::string name) {
  std::replace_if(
    name.begin(), name.end(),
    [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

TEST(YamlCalls, AreReadWithoutErrors) {
  for (auto& x : all_calls().errors)
    ADD_FAILURE() << x;
  EXPECT_GE(all_calls().calls.size(), 60u);
}

/// Named by the script, so that ctest shows which call it was.
class YamlCall : public ::testing::TestWithParam<size_t> {};

TEST_P(YamlCall, GoesAsExpected) {
  auto script = all_calls().calls.at(GetParam());
  script.disabled.clear();
  auto result = rehearsal::rehearse(script);
  EXPECT_TRUE(result.ok()) << rehearsal::text_report({result}, false);
}

std::vector<size_t> numbers() {
  // --gtest_also_run_disabled_tests shows which of them could be enabled.
  bool all = ::testing::GTEST_FLAG(also_run_disabled_tests);
  std::vector<size_t> result;
  for (size_t i = 0; i < all_calls().calls.size(); ++i)
    if (all || all_calls().calls[i].disabled.empty())
      result.push_back(i);
  return result;
}

INSTANTIATE_TEST_SUITE_P(Calls, YamlCall, ::testing::ValuesIn(numbers()),
                         [](auto& info) {
                           return test_name(
                             all_calls().calls.at(info.param).name);
                         });

} // namespace
} // namespace velox::test
