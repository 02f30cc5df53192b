#pragma once

#include "tests/integration/child_process.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace velox::test {

/// One line of `velox call --json`, flat: values as text.
using report_line = std::map<std::string, std::string>;

/// What `velox call --json` said.
struct phone_report {
  int exit_code = -1;
  std::vector<report_line> lines;

  /// All lines of this event.
  std::vector<report_line> of(const std::string& event) const;

  /// All that `who` ("caller", "agent") said, as the engine's transcript has
  /// it, one line per piece.
  std::string said_by(const std::string& who) const;
};

phone_report parse_report(int exit_code, const std::string& json_lines);

/// The real program on a free port with its own data directory.
class engine_test : public ::testing::Test {
protected:
  engine_test();
  ~engine_test() override;

  /// Starts `velox serve`, with `config` (YAML) as its config file.
  void start(const std::string& config = "");

  /// `argv` in an environment of its own: `environment`, and nothing of ours
  /// that could lead a test to a real vendor.
  std::vector<std::string> isolated(std::vector<std::string> argv) const;

  /// The command line of a subcommand that talks to the engine.
  std::vector<std::string> tool(std::vector<std::string> args) const;

  /// Holds a call: `velox call --json` with `args`.
  phone_report call(std::vector<std::string> args) const;

  /// `velox ctl` with `args`: exit code and output.
  finished ctl(std::vector<std::string> args) const;

  /// GET as an operator; the body.
  std::string get(const std::string& path) const;

  /// What SQLite answers to `sql` on the engine's database.
  std::string query(const std::string& sql) const;

  /// Insists that the engine has nothing left of any call.
  void expect_nothing_left() const;

  std::filesystem::path dir;
  std::map<std::string, std::string> environment;
  std::unique_ptr<child_process> engine;
  std::string url;
};

} // namespace velox::test
