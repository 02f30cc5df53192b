#include "adapters/cli/command_line.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

/// `velox test`: files in, a report and an exit code out.
namespace velox::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto good = R"(agent: {greeting: Hello there.}
caller: [hang_up]
answers: [{say: Go on.}]
expect: {ended: caller-hung-up}
)";

constexpr auto bad = R"(agent: {greeting: Hello there.}
caller: [hang_up]
answers: [{say: Go on.}]
expect: {ended: caller-idle}
)";

class TestCommand : public testing::Test {
protected:
  TestCommand() {
    auto pattern = (fs::temp_directory_path() / "velox-test-XXXXXX").string();
    dir = ::mkdtemp(pattern.data());
  }

  ~TestCommand() override { fs::remove_all(dir); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{dir / name} << text;
    return (dir / name).string();
  }

  static std::string read(const std::string& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  int run(std::vector<std::string> args) {
    args.insert(args.begin(), {"velox", "test"});
    std::vector<const char*> argv;
    for (const auto& x : args)
      argv.push_back(x.c_str());
    std::ostringstream out_stream;
    std::ostringstream err_stream;
    auto code = cli::run(static_cast<int>(argv.size()), argv.data(), {},
                         out_stream, err_stream);
    out = out_stream.str();
    err = err_stream.str();
    return code;
  }

  fs::path dir;
  std::string out;
  std::string err;
};

TEST_F(TestCommand, TellsGoodCallsFromBadOnes) {
  auto a = write("a.yaml", good);
  auto b = write("b.yaml", bad);
  EXPECT_EQ(run({a}), 0);
  EXPECT_THAT(out, HasSubstr("ok       a ("));
  EXPECT_THAT(out, HasSubstr("1 calls: 1 passed, 0 failed, 0 skipped"));
  EXPECT_EQ(run({a, b}), 1);
  EXPECT_THAT(out, HasSubstr("b.yaml:4: expected ended \"caller-idle\""));
  EXPECT_THAT(out, HasSubstr("Hello there."));
  EXPECT_EQ(run({a, b, "--only", "a"}), 0);
}

TEST_F(TestCommand, ADirectoryStandsForItsScripts) {
  write("b.yaml", good);
  write("a.yaml", good);
  write("notes.txt", "no script");
  EXPECT_EQ(run({dir.string()}), 0);
  EXPECT_LT(out.find(" a ("), out.find(" b ("));
  EXPECT_THAT(out, HasSubstr("2 calls: 2 passed"));
}

TEST_F(TestCommand, WritesReportsForMachines) {
  auto b = write("b.yaml", bad);
  EXPECT_EQ(run({b, "--format", "json"}), 1);
  EXPECT_THAT(out, AllOf(HasSubstr("{\"passed\":0,\"failed\":1"),
                         HasSubstr("\"line\":4")));
  auto report = (dir / "report.xml").string();
  EXPECT_EQ(run({b, "--format", "junit", "--output", report}), 1);
  EXPECT_THAT(read(report), HasSubstr("<testcase name=\"b\""));
  EXPECT_THAT(out, HasSubstr("1 failed")) << "whoever watches sees it, too";
}

TEST_F(TestCommand, ErrorsOfScriptsAreExitCodeTwo) {
  auto a = write("a.yaml", "caller: [jump]\n");
  EXPECT_EQ(run({a}), 2);
  EXPECT_THAT(err, HasSubstr("a.yaml: line 1: caller[1]: 'jump' is no step"));
  EXPECT_THAT(out, Not(HasSubstr("passed")));
  EXPECT_EQ(run({write("empty.yaml", "caller: [hang_up]\n")}), 2);
  EXPECT_THAT(err, HasSubstr("add 'answers'"));
  EXPECT_EQ(run({(dir / "none.yaml").string()}), 2);
  EXPECT_THAT(err, HasSubstr("cannot be read"));
  auto fine = write("fine.yaml", good);
  EXPECT_EQ(run({fine, "--only", "other"}), 2);
  EXPECT_EQ(run({fine, "--format", "html"}), 2);
  EXPECT_EQ(run({fine, "--agent", "none.yaml"}), 2);
  EXPECT_EQ(run({fine, "--output", (dir / "no" / "where").string()}), 2);
  EXPECT_EQ(run({}), 2);
}

TEST_F(TestCommand, RunsCallsAgainstAnotherAgent) {
  auto script = write("a.yaml", R"(agent: {greeting: Hello there.}
caller:
  - say: where are you located
  - hang_up
expect:
  in_order:
    - said: {contains: Clara}
    - said: {contains: River Street}
)");
  EXPECT_EQ(run({script}), 2) << "nobody would answer";
  EXPECT_EQ(
    run({script, "--agent", VELOX_SOURCE_DIR "/config/agents/clinic.yaml"}), 0)
    << out << err;
}

TEST_F(TestCommand, SkipsWhatIsDisabledUnlessAsked) {
  auto script = write("a.yaml", std::string{"disabled: not yet\n"} + bad);
  EXPECT_EQ(run({script}), 0);
  EXPECT_THAT(out, HasSubstr("skipped  a: not yet"));
  EXPECT_EQ(run({script, "--disabled"}), 1);
}

TEST_F(TestCommand, TracesOnRequest) {
  auto script = write("a.yaml", good);
  EXPECT_EQ(run({script}), 0);
  EXPECT_THAT(out, Not(HasSubstr("Hello there.")));
  EXPECT_EQ(run({script, "--trace"}), 0);
  EXPECT_THAT(out, HasSubstr("said       Hello there."));
}

} // namespace
} // namespace velox::test
