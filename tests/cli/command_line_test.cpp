#include "adapters/cli/command_line.hpp"

#include "adapters/cli/text.hpp"
#include "config/secrets.hpp"
#include "protocol/json.hpp"
#include "tests/support/fake_engine.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

using namespace velox;
using namespace std::chrono_literals;
using testing::HasSubstr;
using velox::test::fake_engine;
using velox::test::fake_request;
using velox::test::fake_stream;
using velox::test::stream_event;

namespace {

/// The whole program but for `serve`, each test in a directory of its own.
class CommandLine : public testing::Test {
protected:
  CommandLine() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "velox-cli-XXXXXX").string();
    dir = ::mkdtemp(pattern.data());
    parts.serve = [this](const config::settings& x,
                         const config::settings_source& source) {
      reread = source;
      served = x;
      return 7;
    };
  }

  ~CommandLine() override { std::filesystem::remove_all(dir); }

  int run(std::vector<std::string> args) {
    args.insert(args.begin(), "velox");
    std::vector<const char*> argv;
    for (const auto& x : args)
      argv.push_back(x.c_str());
    std::ostringstream out_stream;
    std::ostringstream err_stream;
    auto code = cli::run(static_cast<int>(argv.size()), argv.data(), parts,
                         out_stream, err_stream);
    out = out_stream.str();
    err = err_stream.str();
    return code;
  }

  std::string path(const std::string& name) const {
    return (dir / name).string();
  }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{dir / name} << text;
    return path(name);
  }

  std::filesystem::path dir;
  cli::commands parts;
  std::optional<config::settings> served;
  config::settings_source reread;
  std::string out;
  std::string err;
};

/// An engine that greets when the stream begins and closes it once the caller
/// has spoken and fallen silent.
fake_engine::options talkative() {
  return {.on_event = [quiet = 0, spoke = false](
                        fake_stream& stream, const stream_event& x) mutable {
    if (!std::holds_alternative<twilio_media>(x.event))
      return;
    if (stream.frames() == 1)
      stream.play(test::tone(200ms));
    auto loud = std::count_if(x.audio.begin(), x.audio.end(),
                              [](uint8_t b) { return (b & 0x70) < 0x60; });
    spoke = spoke || loud > 40;
    quiet = loud > 40 ? 0 : quiet + 1;
    if (spoke && quiet == 40)
      stream.close(1000, "");
  }};
}

fake_engine::options api(const std::string& method, const std::string& target,
                         test::fake_answer answer) {
  return {.on_request = [=](const fake_request& x) {
    if (x.authorization != "Bearer the-key")
      return test::fake_answer{401, R"({"error":"wrong key"})"};
    if (x.method == method && x.target == target)
      return answer;
    return test::fake_answer{404, R"({"error":"no such call"})"};
  }};
}

constexpr auto live_call = R"({"call_id":"CA1","agent":"Clinic","org_id":"o1",
  "started_at":0,"turn":3,"actors":[{"name":"call","doing":"speaking",
  "mailbox":1,"handled":20,"restarts":0},{"name":"llm","doing":"idle",
  "mailbox":0,"handled":5,"restarts":2}]})";

} // namespace

TEST_F(CommandLine, HelpOfEverySubcommandHasExamplesAndExitCodes) {
  EXPECT_EQ(run({"--help"}), 0);
  for (const auto* name :
       {"serve", "call", "ctl", "migrate", "providers", "test"}) {
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_THAT(out, HasSubstr(name));
    EXPECT_EQ(run({name, "--help"}), 0);
    EXPECT_THAT(out, HasSubstr("Examples:\n  velox ")) << name;
    EXPECT_THAT(out, HasSubstr("Exit codes:\n  0")) << name;
  }
}

TEST_F(CommandLine, PrintsItsVersion) {
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_THAT(out, testing::MatchesRegex("velox [0-9.]+\n"));
}

TEST_F(CommandLine, WrongUsageIsExitCodeTwo) {
  for (const auto& args :
       std::vector<std::vector<std::string>>{{},
                                             {"fly"},
                                             {"serve", "--prot", "1"},
                                             {"serve", "--port", "70000"},
                                             {"call", "--dtmf", "x"},
                                             {"call", "--wait", "soon"},
                                             {"ctl", "tree"},
                                             {"ctl", "kill", "CA1"}}) {
    EXPECT_EQ(run(args), 2) << testing::PrintToString(args);
    EXPECT_FALSE(err.empty());
  }
}

TEST_F(CommandLine, GlobalOptionsStandBeforeOrAfterTheSubcommand) {
  auto file = write("velox.yaml", "server:\n  port: 1234\n");
  EXPECT_EQ(run({"--config", file, "--data-dir", "d1", "serve"}), 7);
  EXPECT_EQ(served->server.port, 1234);
  EXPECT_EQ(served->storage.data_dir, "d1");
  EXPECT_EQ(run({"serve", "--data-dir", "d2", "--config", file}), 7);
  EXPECT_EQ(served->server.port, 1234);
  EXPECT_EQ(served->storage.data_dir, "d2");
}

TEST_F(CommandLine, OptionsWinOverTheConfigFile) {
  auto file = write("velox.yaml", "server:\n  port: 1234\n");
  EXPECT_EQ(run({"serve", "--config", file, "--port", "0"}), 7);
  EXPECT_EQ(served->server.port, 0);
}

TEST_F(CommandLine, PrintsAllErrorsOfTheConfigFile) {
  auto file = write("velox.yaml", "server:\n  prot: 1\nspeling: 2\n");
  EXPECT_EQ(run({"serve", "--config", file}), 2);
  EXPECT_THAT(err, HasSubstr("prot"));
  EXPECT_THAT(err, HasSubstr("speling"));
  EXPECT_FALSE(served);
  EXPECT_EQ(run({"migrate", "--config", path("none.yaml")}), 2);
  EXPECT_THAT(err, HasSubstr("none.yaml"));
}

TEST_F(CommandLine, MigratesTheDatabaseOnce) {
  EXPECT_EQ(run({"migrate", "--status", "--data-dir", path("data")}), 0);
  EXPECT_THAT(out, HasSubstr("pending"));
  EXPECT_FALSE(std::filesystem::exists(dir / "data"));
  EXPECT_EQ(run({"migrate", "--data-dir", path("data")}), 0);
  EXPECT_THAT(out, HasSubstr("0 pending"));
  EXPECT_THAT(out, testing::Not(HasSubstr(" 0 applied now")));
  EXPECT_TRUE(std::filesystem::exists(dir / "data" / "velox.db"));
  EXPECT_EQ(run({"migrate", "--data-dir", path("data")}), 0);
  EXPECT_THAT(out, HasSubstr(" 0 applied now, 0 pending"));
}

TEST_F(CommandLine, CallNeedsATokenAndMakesNone) {
  EXPECT_EQ(run({"call", "--data-dir", path("data")}), 2);
  EXPECT_THAT(err, HasSubstr("--auth-token"));
  EXPECT_FALSE(std::filesystem::exists(dir / "data"));
}

TEST_F(CommandLine, CallTakesTheTokenOfTheDataDirectory) {
  auto kept = config::load_or_create_secrets(dir);
  fake_engine engine{
    {.auth_token = kept.twilio_auth_token,
     .on_webhook = [](const std::string&, const form&) {
       return test::fake_answer{200, "<Response><Reject/></Response>"};
     }}};
  EXPECT_EQ(run({"call", "--engine", engine.url(), "--data-dir", dir}), 3);
  EXPECT_EQ(engine.bad_signatures(), 0u) << err;
}

TEST_F(CommandLine, CallPrintsWhyTheEngineRefused) {
  fake_engine engine{{}};
  EXPECT_EQ(run({"call", "--engine", engine.url(), "--auth-token", "wrong"}),
            3);
  EXPECT_THAT(err, HasSubstr("403"));
  EXPECT_THAT(err, HasSubstr("the signature does not match"));
}

TEST_F(CommandLine, CallSaysWhenNoEngineIsThere) {
  std::string url = fake_engine{{}}.url();
  EXPECT_EQ(run({"call", "--engine", url, "--auth-token", "x"}), 3);
  EXPECT_THAT(err, HasSubstr("cannot reach " + url));
  EXPECT_EQ(run({"call", "--engine", "nonsense", "--auth-token", "x"}), 2);
}

TEST_F(CommandLine, CallRefusesWhatCannotBeSaid) {
  std::vector<std::string> call{"call", "--auth-token", "x"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), call.begin(), call.end());
    return more;
  };
  EXPECT_EQ(run(with({"--say", "hello", "--voice", "nobody"})), 2);
  EXPECT_EQ(run(with({"--wav", path("none.wav")})), 2);
  EXPECT_THAT(err, HasSubstr("none.wav"));
  EXPECT_EQ(run(with({"--barge-in-at", "1"})), 2);
  EXPECT_THAT(err, HasSubstr("--barge-in-at must stand before"));
}

TEST_F(CommandLine, CallSpeaksAndSavesBothSides) {
  fake_engine engine{talkative()};
  EXPECT_EQ(
    run({"call", "--engine", engine.url(), "--auth-token", "an auth token",
         "--say", "Hello there.", "--save", path("call.wav")}),
    0)
    << err << out;
  EXPECT_THAT(out, HasSubstr("caller  Hello there."));
  EXPECT_THAT(out, HasSubstr("no transcript, only timings"));
  std::ifstream file{dir / "call.wav", std::ios::binary};
  std::string wav{std::istreambuf_iterator<char>{file}, {}};
  ASSERT_GT(wav.size(), 44u);
  EXPECT_EQ(wav.substr(0, 4), "RIFF");
  // Interleaved: the agent, right, greets while the caller, left, is silent.
  auto sample = [&](size_t frame, size_t channel) {
    int16_t result = 0;
    std::memcpy(&result, wav.data() + 44 + 4 * frame + 2 * channel, 2);
    return std::abs(result);
  };
  auto frames = (wav.size() - 44) / 4;
  size_t first[2] = {frames, frames};
  for (size_t i = frames; i-- > 0;)
    for (size_t channel : {0, 1})
      if (sample(i, channel) > 1000)
        first[channel] = i;
  EXPECT_LT(first[1], 8000u / 2) << "the greeting, within half a second";
  EXPECT_LT(first[0], frames) << "the caller was recorded";
  EXPECT_GT(first[0], first[1] + 8u * 700) << "it waited for the greeting";
}

TEST_F(CommandLine, CallDoesItsStepsInTheOrderGiven) {
  fake_engine engine{
    {.on_event = [](fake_stream& stream, const stream_event& x) {
      // Answers everything at once, so that nobody waits.
      if (std::holds_alternative<twilio_start>(x.event)
          || std::holds_alternative<twilio_dtmf>(x.event))
        stream.play(test::tone(100ms));
    }}};
  EXPECT_EQ(
    run({"call", "--engine", engine.url(), "--auth-token", "an auth token",
         "--json", "--dtmf", "1", "--dtmf=2", "--wait", "0.1", "--dtmf", "3"}),
    0)
    << err << out;
  std::string digits;
  std::istringstream in{out};
  for (std::string line; std::getline(in, line);) {
    rapidjson::Document json;
    ASSERT_EQ(read_json(line, json), json_error::none) << line;
    if (json_text(json, "event") == "dtmf")
      digits += *json_text(json, "digit");
  }
  EXPECT_EQ(digits, "123");
}

TEST_F(CommandLine, CtlShowsCallsAndTheirTrees) {
  fake_engine engine{
    api("GET", "/api/v1/calls/live",
        {200, std::string{R"({"calls":[)"} + live_call + "]}"})};
  std::vector<std::string> ctl{"ctl", "--engine", engine.url(), "--admin-key",
                               "the-key"};
  EXPECT_EQ(run(ctl), 0) << err;
  EXPECT_THAT(out, HasSubstr("CA1   Clinic  o1"));
  EXPECT_THAT(out, HasSubstr("  llm    idle      0        5        2\n"));
  ctl.emplace_back("calls");
  EXPECT_EQ(run(ctl), 0);
  EXPECT_THAT(out, HasSubstr("Clinic"));
  EXPECT_THAT(out, testing::Not(HasSubstr("llm")));
  ctl.emplace_back("--json");
  EXPECT_EQ(run(ctl), 0);
  EXPECT_THAT(out, testing::StartsWith(R"({"calls":[)"));
}

TEST_F(CommandLine, CtlSaysWhenNobodyIsOnTheLine) {
  fake_engine engine{
    api("GET", "/api/v1/calls/live", {200, R"({"calls":[]})"})};
  EXPECT_EQ(run({"ctl", "--engine", engine.url(), "--admin-key", "the-key"}),
            0);
  EXPECT_EQ(out, "no live calls\n");
}

TEST_F(CommandLine, CtlListsRecordings) {
  fake_engine engine{api("GET", "/api/v1/recordings", {200, R"({"recordings":[
    {"call_id":"CA1","file":"a.velrec","duration_ms":61000,
     "created_at":1700000000000,"delete_after":1700086400000},
    {"call_id":"CA2","file":"b.velrec","duration_ms":0,
     "created_at":0,"delete_after":0}]})"})};
  std::vector<std::string> ctl{"ctl",         "--engine", engine.url(),
                               "--admin-key", "the-key",  "recordings"};
  EXPECT_EQ(run(ctl), 0) << err;
  EXPECT_THAT(out, HasSubstr("CA1   2023-11-14 22:13"));
  EXPECT_THAT(out, HasSubstr("2023-11-15 22:13  a.velrec"));
  EXPECT_THAT(out, HasSubstr("not finished"));
  ctl.insert(ctl.end(), {"--organisation", "o 2"});
  EXPECT_EQ(run(ctl), 1) << "the fake knows no other one";
  EXPECT_EQ(engine.requests().back().target, "/api/v1/recordings?org_id=o%202");
}

TEST_F(CommandLine, CtlSavesARecordingInParts) {
  // 20 MB, more than one answer may hold.
  std::string wav = "RIFF....WAVE";
  wav.resize(20'000'000, 'x');
  for (size_t i = 0; i < 4; ++i)
    wav[4 + i] = static_cast<char>((wav.size() - 8) >> (8 * i));
  wav.back() = 'e';
  size_t cut = wav.size();
  fake_engine engine{{.on_request = [&](const fake_request& x) {
    if (x.target != "/api/v1/recordings/CA1" || !x.range.starts_with("bytes="))
      return test::fake_answer{404, R"({"error":"no such call"})"};
    auto first = std::stoull(x.range.substr(6));
    auto last = std::stoull(x.range.substr(x.range.find('-') + 1));
    if (first >= cut)
      return test::fake_answer{416, "{}"};
    return test::fake_answer{
      206, wav.substr(0, cut).substr(first, last - first + 1), "audio/wav"};
  }}};
  auto file = path("call.wav");
  auto save = [&](const std::string& call) {
    return run({"ctl", "recording", call, "--output", file, "--engine",
                engine.url(), "--admin-key", "the-key"});
  };
  EXPECT_EQ(save("CA1"), 0) << err;
  std::ifstream in{file, std::ios::binary};
  std::string saved{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_TRUE(saved == wav);
  EXPECT_EQ(save("CA2"), 1);
  cut = 9'000'000;
  EXPECT_EQ(save("CA1"), 3) << "it broke off";
  wav = "{}";
  cut = 2;
  EXPECT_EQ(save("CA1"), 3);
  EXPECT_THAT(err, HasSubstr("no WAV file"));
}

TEST_F(CommandLine, CtlShowsOneTree) {
  fake_engine engine{api("GET", "/api/v1/calls/CA1/tree", {200, live_call})};
  EXPECT_EQ(run({"ctl", "tree", "CA1", "--engine", engine.url(), "--admin-key",
                 "the-key"}),
            0)
    << err;
  EXPECT_THAT(out, HasSubstr("speaking"));
  EXPECT_EQ(run({"ctl", "tree", "CA2", "--engine", engine.url(), "--admin-key",
                 "the-key"}),
            1);
  EXPECT_THAT(err, HasSubstr("no such call"));
}

TEST_F(CommandLine, CtlEndsACallAndKillsAnActor) {
  fake_engine end{api("POST", "/api/v1/calls/CA1/end", {202, "{}"})};
  EXPECT_EQ(
    run({"ctl", "end", "CA1", "--engine", end.url(), "--admin-key", "the-key"}),
    0)
    << err;
  fake_engine kill{
    api("POST", "/api/v1/calls/CA1/actors/turn-taker/kill", {202, "{}"})};
  EXPECT_EQ(run({"ctl", "--engine", kill.url(), "--admin-key", "the-key",
                 "kill", "CA1", "turn-taker"}),
            0)
    << err;
}

TEST_F(CommandLine, CtlDoesNotLetACallIdLeadElsewhere) {
  fake_engine engine{api("POST", "/api/v1/calls/..%2Fx/end", {202, "{}"})};
  EXPECT_EQ(run({"ctl", "end", "../x", "--engine", engine.url(), "--admin-key",
                 "the-key"}),
            0)
    << err;
}

TEST_F(CommandLine, CtlPrintsWhyTheEngineRefused) {
  fake_engine engine{api("GET", "/", {})};
  EXPECT_EQ(run({"ctl", "--engine", engine.url(), "--admin-key", "wrong"}), 3);
  EXPECT_THAT(err, HasSubstr("wrong key"));
  EXPECT_EQ(run({"ctl", "--engine", engine.url(), "--data-dir", path("none")}),
            2);
  EXPECT_THAT(err, HasSubstr("--admin-key"));
  std::string url = fake_engine{{}}.url();
  EXPECT_EQ(run({"ctl", "--engine", url, "--admin-key", "x"}), 3);
  EXPECT_THAT(err, HasSubstr("is `velox serve` running?"));
}

TEST(Text, KeepsControlCharactersFromTheTerminal) {
  EXPECT_EQ(cli::printable("a\033[2Jb\nc\x7f"), "a [2Jb c ");
  EXPECT_EQ(cli::printable("\xC2\x9Bx \xC3\xA9"), "  x \xC3\xA9");
}

TEST(Text, TellsTimeInTenths) {
  EXPECT_EQ(cli::clock_text(0ms), "0:00.0");
  EXPECT_EQ(cli::clock_text(4299ms), "0:04.2");
  EXPECT_EQ(cli::clock_text(125'000ms), "2:05.0");
  EXPECT_EQ(cli::clock_text(-5ms), "0:00.0");
}

TEST(Text, AlignsColumns) {
  EXPECT_EQ(cli::table({{"A", "LONG"}, {"bbb", "c"}}, "  "),
            "  A    LONG\n  bbb  c\n");
}
