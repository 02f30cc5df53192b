#include "adapters/cli/providers_check.hpp"

#include "adapters/cli/command_line.hpp"
#include "protocol/json.hpp"
#include "tests/support/vendors/fake_deepgram.hpp"
#include "tests/support/vendors/fake_deepgram_speak.hpp"
#include "tests/support/vendors/fake_gemini.hpp"
#include "tests/support/vendors/fake_openai.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

using namespace velox;
using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

namespace {

class ProvidersCheck : public testing::Test {
protected:
  ProvidersCheck() {
    auto pattern
      = (std::filesystem::temp_directory_path() / "velox-check-XXXXXX")
          .string();
    dir = ::mkdtemp(pattern.data());
    settings.providers.ca_file = test::vendor_ca_file();
  }

  ~ProvidersCheck() override { std::filesystem::remove_all(dir); }

  void use_all() {
    auto& x = settings.providers;
    x.deepgram.key = x.openai.key = x.gemini.key = key;
    x.deepgram.url = deepgram.vendor().url();
    x.deepgram.speak_url = speaks.server().url();
    x.openai.url = openai.server().url();
    x.gemini.url = gemini.server().url();
  }

  /// By stage and vendor.
  cli::provider_report find(const std::vector<cli::provider_report>& all,
                            std::string_view vendor, std::string_view stage) {
    for (auto& x : all) {
      for (auto text : {x.why, x.fix, x.status, x.name})
        EXPECT_THAT(text, Not(HasSubstr(key)));
      if (x.vendor == vendor && x.stage == stage)
        return x;
    }
    ADD_FAILURE() << "nothing of " << vendor << ' ' << stage;
    return {};
  }

  int run(std::vector<std::string> args, const std::string& yaml) {
    auto file = (dir / "velox.yaml").string();
    std::ofstream{file} << yaml;
    args.insert(args.begin(),
                {"velox", "--config", file, "providers", "check"});
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

  static constexpr auto key = "test-key";

  std::filesystem::path dir;
  test::fake_deepgram deepgram;
  test::fake_deepgram_speak speaks;
  test::fake_model openai{test::openai_wire()};
  test::fake_model gemini{test::gemini_wire()};
  config::settings settings;
  std::string out;
  std::string err;
};

} // namespace

TEST_F(ProvidersCheck, EveryStageOfEveryConfiguredVendorIsTried) {
  use_all();
  auto all = cli::check_providers(settings, 10s);
  EXPECT_EQ(all.size(), 4u);
  for (auto [vendor, stage] :
       {std::pair{"deepgram", "recognizer"}, std::pair{"deepgram", "voice"},
        std::pair{"openai", "model"}, std::pair{"gemini", "model"}}) {
    auto x = find(all, vendor, stage);
    EXPECT_EQ(x.status, "ok") << vendor << ' ' << stage << ": " << x.why;
    EXPECT_EQ(x.fix, "");
    EXPECT_LT(x.latency, 10s);
  }
  EXPECT_THAT(speaks.texts(), testing::ElementsAre("Hello."));
  // It leaves nothing open.
  EXPECT_TRUE(deepgram.vendor().wait_until_idle());
  EXPECT_TRUE(speaks.server().wait_until_idle());
}

TEST_F(ProvidersCheck, EachFailureComesWithItsFix) {
  use_all();
  deepgram.vendor().set_trouble({.status = 401});
  speaks.server().set_trouble({.status = 402});
  openai.refuse(404, -1);
  gemini.server().down();
  auto all = cli::check_providers(settings, 10s);
  auto x = find(all, "deepgram", "recognizer");
  EXPECT_EQ(x.status, "unauthorized");
  EXPECT_EQ(x.fix, "DEEPGRAM_API_KEY was refused: make a new key at "
                   "https://console.deepgram.com and set it");
  x = find(all, "deepgram", "voice");
  EXPECT_EQ(x.status, "out of quota");
  EXPECT_THAT(x.fix, HasSubstr("add credit at https://console.deepgram.com"));
  x = find(all, "openai", "model");
  EXPECT_EQ(x.status, "bad request");
  EXPECT_THAT(x.fix, AllOf(HasSubstr("localhost does not take "
                                     "openai:gpt-4o-mini"),
                           HasSubstr("check providers.openai.model")));
  x = find(all, "gemini", "model");
  EXPECT_EQ(x.status, "unreachable");
  EXPECT_THAT(x.fix, HasSubstr("cannot reach localhost: check the address"));
}

TEST_F(ProvidersCheck, SilenceAndStrangersAreToldApart) {
  use_all();
  deepgram.vendor().set_trouble({.silent = true});
  settings.providers.ca_file.clear(); // nobody vouches for the fakes now
  settings.providers.openai.url
    = "http://localhost:" + std::to_string(deepgram.vendor().port());
  auto began = std::chrono::steady_clock::now();
  auto all = cli::check_providers(settings, 1500ms);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 8s);
  auto x = find(all, "gemini", "model");
  EXPECT_EQ(x.status, "unreachable");
  EXPECT_THAT(x.fix, HasSubstr("providers.ca_file")) << x.why;
  x = find(all, "openai", "model");
  EXPECT_NE(x.status, "ok");
  EXPECT_NE(x.fix, "");
}

TEST_F(ProvidersCheck, NamedProvidersAreTriedAsTheyAreNamed) {
  use_all();
  settings.providers.models = {"openai:gpt-x", "openai:gpt-y", "gemini"};
  auto all = cli::check_providers(settings, 10s);
  std::vector<std::string> names;
  for (auto& x : all)
    names.push_back(x.name);
  EXPECT_THAT(names, testing::IsSupersetOf({"openai:gpt-x", "openai:gpt-y",
                                            "gemini:gemini-2.5-flash"}));
  EXPECT_EQ(all.size(), 5u);
}

TEST_F(ProvidersCheck, CommandPrintsATableOrJsonAndTellsByItsExitCode) {
  auto yaml = "providers:\n  ca_file: " + test::vendor_ca_file()
              + "\n  openai: {key: " + key + ", url: '" + openai.server().url()
              + "'}\n";
  EXPECT_EQ(run({}, yaml), 0) << out << err;
  EXPECT_THAT(out, AllOf(HasSubstr("VENDOR"), HasSubstr("openai:gpt-4o-mini"),
                         HasSubstr("ok"), Not(HasSubstr(key))));
  openai.refuse(401, -1);
  EXPECT_EQ(run({"--json", "--timeout", "5"}, yaml), 1);
  rapidjson::Document document;
  ASSERT_EQ(read_json(out, document), json_error::none) << out;
  EXPECT_EQ(json_bool(document, "ok"), false);
  auto& check = document["checks"][0];
  EXPECT_EQ(json_text(check, "status"), "unauthorized");
  EXPECT_THAT(std::string{json_text(check, "fix").value_or("")},
              HasSubstr("OPENAI_API_KEY was refused"));
  EXPECT_THAT(out + err, Not(HasSubstr(key)));
}

TEST_F(ProvidersCheck, WithoutAnyVendorItGivesAdvice) {
  EXPECT_EQ(run({}, "log: {level: warn}\n"), 2);
  EXPECT_THAT(err, HasSubstr("Set DEEPGRAM_API_KEY"));
  EXPECT_EQ(run({"--timeout", "0"}, ""), 2);
}
