#include "config/vendor_keys.hpp"

#include "config/loader.hpp"
#include "config/vendors.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <thread>
#include <unistd.h>

using namespace velox::config;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

class VendorKeys : public testing::Test {
protected:
  VendorKeys() : dir_(std::filesystem::temp_directory_path()) {
    dir_ /= "velox-keys-" + std::to_string(::getpid());
    std::filesystem::create_directories(dir_);
    write("openai", "first");
    write("velox.yaml", "providers: {deepgram: {key: d1}}\n");
    env_["OPENAI_API_KEY_FILE"] = (dir_ / "openai").string();
  }

  ~VendorKeys() override { std::filesystem::remove_all(dir_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream{dir_ / name} << text;
  }

  settings_source source() {
    return [this] { return load(dir_ / "velox.yaml", env_); };
  }

  std::filesystem::path dir_;
  environment env_;
};

} // namespace

TEST_F(VendorKeys, ChangedFilesAreTakenOver) {
  vendor_keys keys{source()(), source()};
  EXPECT_EQ(keys.vendor("openai").key, "first");
  EXPECT_EQ(keys.vendor("flux").key, "d1");
  EXPECT_THAT(keys.reload(), IsEmpty());
  write("openai", "second\n");
  write("velox.yaml", "providers:\n"
                      "  deepgram: {key: d2, speak_url: 'http://speak'}\n"
                      "  hedge_after: 9s\n"
                      "admin_api_key: changed\n");
  EXPECT_EQ(keys.vendor("openai").key, "first");
  EXPECT_THAT(keys.reload(),
              ElementsAre("providers.deepgram.key",
                          "providers.deepgram.speak_url",
                          "providers.openai.key", "admin_api_key"));
  EXPECT_EQ(keys.vendor("openai").key, "second");
  EXPECT_EQ(keys.vendor("deepgram").key, "d2");
  EXPECT_EQ(keys.speak_url("deepgram"), "http://speak");
  EXPECT_THAT(keys.reload(), IsEmpty());
  EXPECT_TRUE(is_live_setting("providers.openai.key"));
  EXPECT_FALSE(is_live_setting("admin_api_key"));
  EXPECT_FALSE(is_live_setting("providers.hedge_after"));
}

TEST_F(VendorKeys, RemovedKeyIsGone) {
  vendor_keys keys{source()(), source()};
  env_.clear();
  EXPECT_THAT(keys.reload(), ElementsAre("providers.openai.key"));
  EXPECT_FALSE(keys.vendor("openai").configured());
}

TEST_F(VendorKeys, MistakeLeavesAllAsItWas) {
  vendor_keys keys{source()(), source()};
  write("velox.yaml", "providers: {deepgram: {key: hunter2, speed: 1}}\n");
  write("openai", "hunter2");
  try {
    keys.reload();
    FAIL() << "no error";
  } catch (const config_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("'providers.deepgram.speed'"));
    EXPECT_THAT(e.what(), Not(HasSubstr("hunter2")));
  }
  EXPECT_EQ(keys.vendor("openai").key, "first");
  EXPECT_EQ(keys.vendor("deepgram").key, "d1");
}

TEST_F(VendorKeys, AreWholeForThoseWhoReadMeanwhile) {
  std::string one(200, 'a');
  std::string other(300, 'b');
  settings x;
  x.providers.openai.key = one;
  std::atomic<bool> flip = false;
  vendor_keys keys{x, [&] {
                     auto fresh = x;
                     flip = !flip;
                     fresh.providers.openai.key = flip ? other : one;
                     return fresh;
                   }};
  std::atomic<bool> done = false;
  std::thread writer{[&] {
    for (int i = 0; i < 2'000; ++i)
      keys.reload();
    done = true;
  }};
  while (!done) {
    auto key = keys.vendor("openai").key;
    ASSERT_TRUE(key == one || key == other) << key;
  }
  writer.join();
}

TEST(Vendors, ChoicesAreCutAtTheFirstColon) {
  EXPECT_EQ(parse_choice("ollama:phi3:mini").vendor, "ollama");
  EXPECT_EQ(parse_choice("ollama:phi3:mini").detail, "phi3:mini");
  EXPECT_EQ(parse_choice("openai").detail, "");
  EXPECT_EQ(choice_problem("openai:gpt-4o", model_names), "");
  EXPECT_THAT(choice_problem("flux", model_names),
              HasSubstr("there are openai, gemini"));
  EXPECT_THAT(choice_problem("openai:", model_names), HasSubstr("colon"));
}

TEST(Vendors, AllButTheOfflineOnesHaveSettings) {
  settings x;
  for (auto name : recognizer_names)
    EXPECT_EQ(find_vendor(x.providers, name) == nullptr,
              name == "pocketsphinx");
  for (auto name : voice_names)
    EXPECT_EQ(find_vendor(x.providers, name) == nullptr, name == "flite");
  for (auto name : model_names)
    EXPECT_EQ(find_vendor(x.providers, name) == nullptr, name == "scripted");
}
