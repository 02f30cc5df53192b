#include "config/secrets.hpp"

#include "config/loader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace velox::config;
using testing::HasSubstr;

namespace {

namespace fs = std::filesystem;

class Secrets : public testing::Test {
protected:
  Secrets()
    : dir_(fs::temp_directory_path()
           / ("velox-secrets-" + std::to_string(::getpid()))) {
    fs::remove_all(dir_);
  }

  ~Secrets() override { fs::remove_all(dir_); }

  std::string problem_with(const std::string& text) {
    fs::create_directories(dir_);
    std::ofstream{dir_ / "secrets.yaml"} << text;
    try {
      load_or_create_secrets(dir_);
    } catch (const config_error& e) {
      return e.what();
    }
    return "";
  }

  fs::path dir_;
};

} // namespace

TEST_F(Secrets, AreMadeOnceAndKeptPrivately) {
  auto first = load_or_create_secrets(dir_ / "deeper");
  auto second = load_or_create_secrets(dir_ / "deeper");
  EXPECT_EQ(first.twilio_auth_token, second.twilio_auth_token);
  EXPECT_EQ(first.admin_api_key, second.admin_api_key);
  EXPECT_EQ(first.stream_token_key, second.stream_token_key);
  EXPECT_EQ(first.stream_token_key.size(), 64u);
  EXPECT_EQ((std::set{first.twilio_auth_token, first.admin_api_key,
                      first.stream_token_key})
              .size(),
            3u);
  struct stat info = {};
  ASSERT_EQ(::stat((dir_ / "deeper/secrets.yaml").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_NE(load_or_create_secrets(dir_ / "other").admin_api_key,
            first.admin_api_key);
}

TEST_F(Secrets, AreTheSameForAllWhoStartAtOnce) {
  constexpr int starters = 8;
  std::vector<secrets> got(starters);
  std::vector<std::thread> threads;
  for (int i = 0; i < starters; ++i)
    threads.emplace_back([&, i] { got[i] = load_or_create_secrets(dir_); });
  for (auto& thread : threads)
    thread.join();
  for (auto& each : got)
    EXPECT_EQ(each.stream_token_key, got[0].stream_token_key);
  // No draft is left behind.
  EXPECT_EQ(std::distance(fs::directory_iterator{dir_}, {}), 1);
}

TEST_F(Secrets, GivenOnesWin) {
  settings given;
  given.storage.data_dir = dir_.string();
  given.twilio.auth_token = "from settings";
  auto got = load_or_create_secrets(given);
  EXPECT_EQ(got.twilio_auth_token, "from settings");
  EXPECT_EQ(got.admin_api_key, load_or_create_secrets(dir_).admin_api_key);
  given.admin_api_key = "also given";
  EXPECT_EQ(load_or_create_secrets(given).admin_api_key, "also given");
}

TEST_F(Secrets, FileThatOthersCanReadIsMadePrivate) {
  load_or_create_secrets(dir_);
  auto path = dir_ / "secrets.yaml";
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  load_or_create_secrets(dir_);
  struct stat info = {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(Secrets, DamagedFileIsAClearErrorWithoutItsContent) {
  std::string token(32, 'a');
  auto shortened = problem_with("twilio_auth_token: " + token
                                + "\nadmin_api_key: tooshort\n");
  EXPECT_THAT(shortened, HasSubstr("secrets.yaml:2: 'admin_api_key' must be"));
  EXPECT_THAT(shortened, HasSubstr("'stream_token_key' must be"));
  EXPECT_THAT(shortened, Not(HasSubstr("tooshort")));
  EXPECT_THAT(shortened, Not(HasSubstr(token)));
  for (auto text : {"", "a: b: c", "- x", "twilio_auth_token: [x]\n"})
    EXPECT_THAT(problem_with(text), HasSubstr("secrets.yaml:")) << text;
}

TEST_F(Secrets, DirectoryThatCannotBeMadeIsAClearError) {
  fs::create_directories(dir_);
  std::ofstream{dir_ / "file"} << "x";
  try {
    load_or_create_secrets(dir_ / "file" / "data");
    FAIL() << "no error";
  } catch (const config_error& e) {
    EXPECT_THAT(e.what(), HasSubstr("cannot be created"));
    EXPECT_THAT(e.what(), HasSubstr("storage.data_dir"));
  }
}

TEST_F(Secrets, HaveTheRecordingsKeyApart) {
  auto first = load_or_create_recording_key(dir_);
  EXPECT_EQ(first.size(), 65u) << "32 bytes in hex and the end of the line";
  EXPECT_EQ(load_or_create_recording_key(dir_), first);
  EXPECT_FALSE(fs::exists(dir_ / "secrets.yaml"));
  struct stat info = {};
  ASSERT_EQ(::stat((dir_ / "recording.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  // New secrets leave it alone.
  load_or_create_secrets(dir_);
  fs::remove(dir_ / "secrets.yaml");
  load_or_create_secrets(dir_);
  EXPECT_EQ(load_or_create_recording_key(dir_), first);
  fs::remove_all(dir_);
  EXPECT_NE(load_or_create_recording_key(dir_), first);
}
