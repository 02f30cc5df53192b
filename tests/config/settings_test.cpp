#include "config/keys.hpp"
#include "config/loader.hpp"
#include "config/log.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <set>
#include <unistd.h>

using namespace std::literals;
using namespace velox::config;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class Settings : public testing::Test {
protected:
  Settings() : dir_(std::filesystem::temp_directory_path()) {
    dir_ /= "velox-settings-" + std::to_string(::getpid());
    std::filesystem::create_directories(dir_);
  }

  ~Settings() override { std::filesystem::remove_all(dir_); }

  std::filesystem::path write(const std::string& text) {
    std::ofstream{dir_ / "velox.yaml"} << text;
    return dir_ / "velox.yaml";
  }

  settings read(const std::string& text, const environment& env = {}) {
    return load(write(text), env);
  }

  /// What `load` complains about, without the path in front.
  std::vector<std::string>
  problems(const std::string& text, const environment& env = {}) {
    auto path = write(text);
    try {
      load(path, env);
    } catch (const config_error& e) {
      auto out = e.problems();
      for (auto& line : out)
        if (line.starts_with(path.string()))
          line.erase(0, path.string().size() - "velox.yaml"s.size());
      return out;
    }
    return {};
  }

  std::filesystem::path dir_;
};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

} // namespace

TEST_F(Settings, AreTheDefaultsWithoutAFile) {
  EXPECT_EQ(load(std::nullopt, {}), settings{});
  EXPECT_EQ(read(""), settings{});
  EXPECT_EQ(read("server:\n  # port: 1\n"), settings{});
}

TEST_F(Settings, ExampleFileIsTheTableAndLoadsAsTheDefaults) {
  auto path
    = std::filesystem::path{VELOX_SOURCE_DIR} / "config/velox.example.yaml";
  auto made = std::filesystem::path{VELOX_BINARY_DIR} / "velox.example.yaml";
  std::ofstream{made} << example_yaml();
  EXPECT_EQ(read_file(path), example_yaml())
    << "copy " << made << " to config/";
  EXPECT_EQ(load(path, {}), settings{});
}

TEST(SettingKeys, HaveEachTheirOwnNameAndPlace) {
  settings x;
  std::set<std::string_view> names;
  std::set<const void*> places;
  for (auto& key : setting_keys()) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name;
    auto address
      = std::visit([](auto* p) -> const void* { return p; }, key.in(x));
    EXPECT_TRUE(places.insert(address).second) << key.name;
  }
}

TEST_F(Settings, EveryKeyIsReadFromTheFile) {
  // Writes values that differ from the defaults and expects them back.
  settings changed;
  for (auto& key : setting_keys()) {
    auto place = key.in(changed);
    if (auto flag = std::get_if<bool*>(&place))
      **flag = !**flag;
    else if (auto port = std::get_if<uint16_t*>(&place))
      **port = 9090;
    else if (auto number = std::get_if<uint64_t*>(&place))
      **number = **number == key.most ? key.least : key.most;
    else if (auto time = std::get_if<duration*>(&place))
      **time = duration{key.least};
    else if (auto list = std::get_if<std::vector<std::string>*>(&place))
      **list = {write("x").string()};
    else if (auto text = std::get_if<std::string*>(&place)) {
      **text = "other";
      if (!key.choices.empty())
        **text = key.choices.back();
      else if (key.kind == text_kind::url)
        **text = "https://calls.example.com";
      else if (key.kind == text_kind::file)
        **text = write("x").string();
    }
  }
  std::string text;
  std::string group;
  for (auto& key : setting_keys()) {
    auto dot = key.name.find('.');
    auto in = dot == key.name.npos ? "" : std::string{key.name.substr(0, dot)};
    if (in != group && !in.empty())
      text += in + ":\n";
    group = in;
    text += in.empty() ? "" : "  ";
    text += std::string{key.name.substr(dot == key.name.npos ? 0 : dot + 1)};
    text += ": " + yaml_value(key, changed) + "\n";
  }
  EXPECT_EQ(read(text), changed);
}

TEST_F(Settings, AllProblemsAreReportedWithLineAndFix) {
  EXPECT_THAT(
    problems("server:\n"
             "  prot: 1\n"
             "  port: 70000\n"
             "calls:\n"
             "  ghost_timeout: 10\n"
             "  ghost_timeout: 10s\n"
             "turns:\n"
             "  barge_in: perhaps\n"
             "agents:\n"
             "  files: [no-such-file.yaml]\n"
             "flavour: mild\n"),
    ElementsAre(
      "velox.yaml:2: 'server.prot' is no setting; did you mean "
      "'server.port'?",
      "velox.yaml:3: 'server.port' must be a whole number from 0 to 65535; "
      "correct the value",
      "velox.yaml:5: 'calls.ghost_timeout' must be a duration from 1s to 1h, "
      "such as 500ms, 10s, 5m or 1h; correct the value",
      "velox.yaml:6: 'calls.ghost_timeout' is set twice; remove one of the two",
      "velox.yaml:8: 'turns.barge_in' must be true or false; correct the value",
      AllOf(HasSubstr("velox.yaml:10: 'agents.files' names the file "
                      "'no-such-file.yaml', which does not exist")),
      AllOf(HasSubstr("velox.yaml:11: 'flavour' is no setting"))));
}

TEST_F(Settings, BadShapesAreErrorsNotCrashes) {
  for (auto text : {"- a\n",
                    "just words",
                    "server: 8080\n",
                    "server: [1, 2]\n",
                    "server:\n  port: [1]\n",
                    "agents:\n  files: a.yaml\n",
                    "agents:\n  files: [[a]]\n",
                    "? [a]\n: b\n",
                    "server: {port: -1}\n",
                    "server: {port: 1e3}\n",
                    "server: {port: }\n",
                    "a: b: c\n",
                    "\t- x",
                    "server: {host: ''}\n",
                    "log: {level: loud}\n",
                    "speech: {voice: ''}\n",
                    "server: {public_url: 'calls.example.com'}\n",
                    "calls: {max_duration: 99999999999999999999h}\n",
                    "calls: {max_duration: 9223372036854775807h}\n",
                    "server: {tls_key: /no/such/key.pem}\n"})
    EXPECT_FALSE(problems(text).empty()) << text;
  EXPECT_THROW(load(dir_ / "missing.yaml", {}), config_error);
  EXPECT_THROW(load(dir_, {}), config_error);
}

TEST_F(Settings, EnvironmentWinsAndEmptyVariablesCountAsUnset) {
  auto got = read("server:\n  port: 1000\ntwilio:\n  auth_token: file\n",
                  {{"PORT", "2000"},
                   {"TWILIO_ACCOUNT_SID", "AC1"},
                   {"TWILIO_AUTH_TOKEN", ""},
                   {"ADMIN_API_KEY", "key"},
                   {"VELOX_DATA_DIR", "elsewhere"},
                   {"VELOX_PUBLIC_URL", "https://a.example"},
                   {"VELOX_LOG_LEVEL", "warn"},
                   {"HOME", "ignored"}});
  EXPECT_EQ(got.server.port, 2000);
  EXPECT_EQ(got.server.public_url, "https://a.example");
  EXPECT_EQ(got.twilio.account_sid, "AC1");
  EXPECT_EQ(got.twilio.auth_token, "file");
  EXPECT_EQ(got.admin_api_key, "key");
  EXPECT_EQ(got.storage.data_dir, "elsewhere");
  EXPECT_EQ(got.log.level, "warn");
  EXPECT_THAT(problems("", {{"PORT", "http"}}),
              ElementsAre("environment variable PORT (setting 'server.port') "
                          "must be a whole number from 0 to 65535; correct or "
                          "unset it"));
}

TEST_F(Settings, ErrorsDoNotRepeatSecrets) {
  for (auto& line : problems("twilio:\n  auth_token: [hunter2]\n"))
    EXPECT_THAT(line, Not(HasSubstr("hunter2")));
  EXPECT_EQ(problems("twilio:\n  auth_token: [hunter2]\n").size(), 1u);
}

TEST_F(Settings, CertificateAndKeyBelongTogether) {
  auto pem = write("x").string();
  auto file = dir_ / "tls.yaml";
  std::ofstream{file} << "server:\n  tls_certificate: " << pem << "\n";
  EXPECT_THROW(load(file, {}), config_error);
  std::ofstream{file, std::ios::app} << "  tls_key: " << pem << "\n";
  EXPECT_EQ(load(file, {}).server.tls_key, pem);
}

TEST(Duration, IsReadAndWritten) {
  for (auto [text, expected] :
       std::vector<std::pair<std::string, duration>>{{"0s", 0s},
                                                     {"500ms", 500ms},
                                                     {"10s", 10s},
                                                     {"5m", 5min},
                                                     {"1h", 1h},
                                                     {"90s", 90s},
                                                     {"1500ms", 1500ms}}) {
    duration got{-1};
    EXPECT_TRUE(parse_duration(text, got)) << text;
    EXPECT_EQ(got, expected) << text;
    EXPECT_EQ(to_text(expected), text);
  }
  duration untouched{7};
  for (auto text : {"", "10", "s", "-1s", "1.5s", "1 s", "1S", "1d", " 1s"})
    EXPECT_FALSE(parse_duration(text, untouched)) << text;
  EXPECT_EQ(untouched, duration{7});
}

TEST(Log, FieldsCannotForgeLinesOrFields) {
  EXPECT_EQ(field("CA123"), "CA123");
  EXPECT_EQ(field(""), "\"\"");
  EXPECT_EQ(field("a b=c"), "\"a b=c\"");
  EXPECT_EQ(field("a\nb\"c\\"), "\"a\\x0ab\\\"c\\\\\"");
}

TEST(Log, ShowsWhatItsLevelAllows) {
  EXPECT_TRUE(set_log_level("error"));
  EXPECT_FALSE(log().should_log(spdlog::level::warn));
  EXPECT_FALSE(set_log_level("loud"));
  EXPECT_TRUE(log().should_log(spdlog::level::err));
  EXPECT_TRUE(set_log_level("info"));
  EXPECT_TRUE(log().should_log(spdlog::level::warn));
}
