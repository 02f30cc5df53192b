#include "adapters/language/scripted/example_agent.hpp"
#include "protocol/json.hpp"
#include "tests/integration/vendor_calls.hpp"
#include "tests/support/vendors/vendor_certificates.hpp"

#include <rapidjson/document.h>

#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

/// What the real program says of providers when nobody is on the line.

namespace velox::test {

namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

const std::string program = VELOX_BINARY_DIR "/velox";

class Providers : public vendor_calls {
protected:
  /// `velox ARGS`; standard error goes to `errors`.
  finished velox(std::vector<std::string> args) {
    args.insert(args.begin(), program);
    args.insert(args.end(), {"--data-dir", dir.string()});
    child_process child{isolated(args), (dir / "errors").string()};
    finished result;
    while (auto line = child.line(15s))
      result.out += *line + '\n';
    result.exit_code = child.wait(5s).value_or(-1);
    return result;
  }

  finished check(std::vector<std::string> args = {}) {
    auto file = (dir / "check.yaml").string();
    std::ofstream{file} << "providers:\n  ca_file: " << vendor_ca_file()
                        << '\n';
    args.insert(args.begin(),
                {"providers", "check", "--config", file, "--timeout", "8"});
    return velox(std::move(args));
  }

  std::string errors() const {
    std::ostringstream text;
    text << std::ifstream{dir / "errors"}.rdbuf();
    return text.str();
  }

  /// The built-in agent with a line of its own behind its name.
  std::string agent_file(const std::string& line) {
    std::string text{language::example_agent_yaml()};
    text.insert(text.find("company:"), line + "\n");
    auto file = (dir / "agent.yaml").string();
    std::ofstream{file} << text;
    return file;
  }
};

TEST_F(Providers, ThatDoNotExistAreRefusedWithTheLineAndTheFix) {
  auto agent = agent_file("models: [openai, chatterbox]");
  auto config = (dir / "velox.yaml").string();
  std::ofstream{config} << "agents:\n  files: [" << agent << "]\n";
  auto done = velox({"serve", "--port", "0", "--config", config});
  EXPECT_EQ(done.exit_code, 2) << done.out;
  std::ifstream in{agent};
  int line = 0;
  for (std::string x; std::getline(in, x);) {
    ++line;
    if (x.find("chatterbox") != x.npos)
      break;
  }
  EXPECT_THAT(errors(), AllOf(HasSubstr(agent),
                              HasSubstr("line " + std::to_string(line) + ":"),
                              HasSubstr("chatterbox"), HasSubstr("anthropic"),
                              HasSubstr("scripted")));
}

TEST_F(Providers, ThatLackTheirKeyAreNamedAtTheStart) {
  auto agent = agent_file("models: [anthropic, scripted]");
  start("agents:\n  files: [" + agent + "]\n");
  EXPECT_TRUE(wait_for_log("ANTHROPIC_API_KEY"));
  EXPECT_TRUE(wait_for_log("model=scripted"));
}

TEST_F(Providers, AreAllWellWhenTheyAnswer) {
  start_vendors();
  auto done = check();
  EXPECT_EQ(done.exit_code, 0) << done.out << errors();
  std::istringstream lines{done.out};
  std::vector<std::string> table;
  for (std::string x; std::getline(lines, x);)
    table.push_back(x);
  ASSERT_EQ(table.size(), 4u) << done.out;
  EXPECT_THAT(table[0], MatchesRegex("VENDOR +STAGE +PROVIDER +STATUS .*"));
  EXPECT_THAT(table[1],
              MatchesRegex("deepgram +recognizer +deepgram:nova-3 +ok .*"));
  EXPECT_THAT(table[2], MatchesRegex("deepgram +voice +deepgram +ok .*"));
  EXPECT_THAT(table[3],
              MatchesRegex("openai +model +openai:gpt-4o-mini +ok .*"));
}

TEST_F(Providers, AreReportedEachWithItsOwnTrouble) {
  start_vendors();
  openai_keys->replace({"another"}); // 401
  voice->server().down();
  auto done = check();
  EXPECT_EQ(done.exit_code, 1);
  EXPECT_THAT(done.out,
              AllOf(HasSubstr("ok"), HasSubstr("unreachable"),
                    HasSubstr("unauthorized"),
                    HasSubstr("OPENAI_API_KEY was refused"),
                    Not(HasSubstr(openai_key)), Not(HasSubstr(deepgram_key))));
  auto json = check({"--json"});
  EXPECT_EQ(json.exit_code, 1);
  rapidjson::Document all;
  ASSERT_EQ(read_json(json.out, all), json_error::none) << json.out;
  EXPECT_EQ(json_bool(all, "ok"), false);
  std::string statuses;
  for (auto& x : all["checks"].GetArray()) {
    statuses += std::string{json_text(x, "vendor").value_or("")} + ' '
                + std::string{json_text(x, "stage").value_or("")} + ' '
                + std::string{json_text(x, "status").value_or("")} + '\n';
    EXPECT_EQ(json_text(x, "status") == "ok",
              json_text(x, "fix").value_or("").empty());
  }
  EXPECT_EQ(statuses, "deepgram recognizer ok\ndeepgram voice unreachable\n"
                      "openai model unauthorized\n");
}

TEST_F(Providers, AreMissedWhenNoneIsConfigured) {
  auto done = check();
  EXPECT_EQ(done.exit_code, 2);
  EXPECT_THAT(errors(), HasSubstr("DEEPGRAM_API_KEY"));
}

} // namespace

} // namespace velox::test
