#include "config/keys.hpp"
#include "config/loader.hpp"
#include "config/log.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <set>
#include <sstream>
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
      // At least as large as one that must not be larger.
      **number = key.name == "providers.medium_from" ? key.least : key.most;
    else if (auto time = std::get_if<duration*>(&place))
      **time = duration{key.least};
    else if (auto list = std::get_if<std::vector<std::string>*>(&place))
      **list = key.kind == text_kind::provider
                 ? std::vector{std::string{key.choices.back()} + ":a:b",
                               std::string{key.choices.front()}}
                 : std::vector{write("x").string()};
    else if (auto text = std::get_if<std::string*>(&place)) {
      **text = "other";
      if (!key.choices.empty())
        **text = key.choices.back();
      else if (key.kind == text_kind::url)
        **text = "https://calls.example.com";
      else if (key.kind == text_kind::vendor_url)
        **text = "ws://speech.internal:8080/v1";
      else if (key.kind == text_kind::database_url)
        **text = "postgresql://velox@db.internal/velox";
      else if (key.kind == text_kind::file)
        **text = write("x").string();
    }
  }
  // The example file with the values exchanged, line by line.
  std::string text;
  std::istringstream lines{example_yaml()};
  auto key = setting_keys().begin();
  for (std::string line; std::getline(lines, line);) {
    auto colon = line.find(": ");
    if (auto first = line.find_first_not_of(' ');
        first != line.npos && line[first] != '#' && colon != line.npos) {
      line.resize(colon + 2);
      line += key->secret ? *std::get<std::string*>(key->in(changed))
                          : yaml_value(*key, changed);
      ++key;
    }
    text += line + '\n';
  }
  EXPECT_EQ(key, setting_keys().end());
  EXPECT_EQ(read(text), changed) << text;
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
                    "providers: {deepgram: key}\n",
                    "providers: {deepgram: {key: [a]}}\n",
                    "providers: {deepgram: {model: ''}}\n",
                    "providers: {openai: {url: 'ftp://a'}}\n",
                    "providers: {openai: {url: 'https://'}}\n",
                    "providers: {models: openai}\n",
                    "providers: {models: ['openai:']}\n",
                    "providers: {models: ['']}\n",
                    "providers: {models: [deepgram]}\n",
                    "providers: {hedge_after: 2m}\n",
                    "providers: {ca_file: /no/such/ca.pem}\n",
                    "server: {public_url: 'calls.example.com'}\n",
                    "storage: {database_url: 'mysql://a:b@c/d'}\n",
                    "storage: {database_url: 'postgresql://'}\n",
                    "storage: {pool: 0}\n",
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

TEST_F(Settings, SecretsAreNeitherShownNorRepeated) {
  settings x;
  x.providers.openai.key = "hunter2";
  x.twilio.auth_token = "hunter2";
  x.admin_api_key = "hunter2";
  x.recording.key = "hunter2";
  x.storage.database_url = "postgresql://velox:hunter2@db/velox";
  int secrets = 0;
  for (auto& key : setting_keys()) {
    EXPECT_THAT(yaml_value(key, x), Not(HasSubstr("hunter2"))) << key.name;
    secrets += key.secret ? 1 : 0;
    // A key with a line break in it would be a header of its own.
    for (auto bad : {"hunter2\nX: y", "hunter2 b", "hunter2\x7f"})
      if (key.secret) {
        EXPECT_THAT(assign(key, x, bad),
                    AllOf(HasSubstr("printable"), Not(HasSubstr("hunter2"))));
      }
  }
  EXPECT_EQ(secrets, 18);
}

TEST_F(Settings, SecretsMayLieInFiles) {
  auto file = dir_ / "key";
  std::ofstream{file} << "  from-file \r\n\n";
  auto got = load(std::nullopt, {{"OPENAI_API_KEY_FILE", file.string()},
                                 {"GEMINI_API_KEY_FILE", ""},
                                 {"TWILIO_AUTH_TOKEN_FILE", file.string()},
                                 {"PORT_FILE", file.string()}});
  EXPECT_EQ(got.providers.openai.key, "from-file");
  EXPECT_EQ(got.twilio.auth_token, "from-file");
  EXPECT_EQ(got.server.port, settings{}.server.port);
  std::ofstream{dir_ / "blank"} << " \n";
  std::ofstream{dir_ / "two"} << "hunter2\nhunter2\n";
  EXPECT_THAT(
    problems("", {{"OPENAI_API_KEY", "hunter2"},
                  {"OPENAI_API_KEY_FILE", file.string()},
                  {"GEMINI_API_KEY_FILE", "/no/such/file"},
                  {"DEEPGRAM_API_KEY_FILE", dir_.string()},
                  {"CARTESIA_API_KEY_FILE", (dir_ / "two").string()},
                  {"ANTHROPIC_API_KEY_FILE", (dir_ / "blank").string()}}),
    testing::UnorderedElementsAre(
      "environment variables OPENAI_API_KEY and OPENAI_API_KEY_FILE (setting "
      "'providers.openai.key') are both set; unset one of the two",
      HasSubstr("GEMINI_API_KEY_FILE (setting 'providers.gemini.key') names "
                "the file '/no/such/file', which cannot be read"),
      HasSubstr("DEEPGRAM_API_KEY_FILE (setting 'providers.deepgram.key') "
                "names"),
      AllOf(HasSubstr("CARTESIA_API_KEY_FILE"), Not(HasSubstr("hunter2"))),
      HasSubstr("which is empty; put the secret into it")));
}

TEST_F(Settings, ProvidersAreReadFromTheirUsualVariables) {
  auto got = load(std::nullopt, {{"DEEPGRAM_API_KEY", "d"},
                                 {"DEEPGRAM_URL", "wss://dg.internal/"},
                                 {"DEEPGRAM_SPEAK_URL", "http://dg:8080"},
                                 {"ELEVENLABS_API_KEY", "e"},
                                 {"ELEVENLABS_URL", "https://el.internal"},
                                 {"OPENAI_API_KEY", "o"},
                                 {"OPENAI_BASE_URL", "http://vllm:8000/v1"},
                                 {"GEMINI_API_KEY", "g"},
                                 {"GEMINI_BASE_URL", "https://gm.internal"},
                                 {"ANTHROPIC_API_KEY", "a"},
                                 {"PHI3_SERVICE_URL", "http://phi3:11434"},
                                 {"TWILIO_BASE_URL", "https://tw.internal"}});
  auto& x = got.providers;
  EXPECT_EQ(x.deepgram.key, "d");
  EXPECT_EQ(x.deepgram.url, "wss://dg.internal/");
  EXPECT_EQ(x.deepgram.speak_url, "http://dg:8080");
  EXPECT_EQ(x.elevenlabs.key + x.elevenlabs.url, "ehttps://el.internal");
  EXPECT_EQ(x.openai.key + x.openai.url, "ohttp://vllm:8000/v1");
  EXPECT_EQ(x.gemini.key + x.gemini.url, "ghttps://gm.internal");
  EXPECT_EQ(x.anthropic.key, "a");
  EXPECT_EQ(x.ollama.url, "http://phi3:11434");
  EXPECT_TRUE(x.ollama.configured());
  EXPECT_FALSE(x.azure.configured());
  EXPECT_EQ(got.twilio.base_url, "https://tw.internal");
}

TEST_F(Settings, ProviderListsNameWhatExists) {
  auto got = read("providers:\n"
                  "  models: ['ollama:phi3:mini', openai]\n"
                  "  recognizers: [flux]\n");
  EXPECT_THAT(got.providers.models, ElementsAre("ollama:phi3:mini", "openai"));
  EXPECT_THAT(
    problems("providers:\n"
             "  hedge_after: 1s\n"
             "  voices: [deepgram, 'elevenlab:x']\n"
             "  medium_from: 60\n"
             "  azure:\n"
             "    key: hunter2\n"),
    ElementsAre(
      "velox.yaml:3: 'providers.voices' names 'elevenlab', which does not "
      "exist; there are deepgram, elevenlabs, cartesia, openai, azure, google, "
      "flite; correct the value",
      HasSubstr("'providers.medium_from' must not be more than"),
      AllOf(HasSubstr("'providers.azure.key' needs 'providers.azure.url'"),
            Not(HasSubstr("hunter2")))));
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
