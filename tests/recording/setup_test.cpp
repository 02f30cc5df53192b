#include "adapters/recording/setup.hpp"

#include "adapters/recording/sealed_file.hpp"
#include "config/secrets.hpp"
#include "tests/recording/folder.hpp"

#include <gmock/gmock.h>

using namespace velox;
using namespace velox::recording;
using testing::HasSubstr;

namespace {

std::string key_text(char digit) {
  return std::string(64, digit);
}

class RecordingSetup : public ::testing::Test {
protected:
  RecordingSetup() {
    settings.storage.data_dir = (folder.path / "data").string();
  }

  /// Which key new recordings get.
  std::string present() { return wrapped().key_id; }

  wrapped_key wrapped() { return keys_of(settings)->wrap(random_key(), {}); }

  bool opens(const wrapped_key& x) {
    return complaint_of([&] { keys_of(settings)->unwrap(x, {}); })
           == "nothing was thrown";
  }

  std::string key_file(const std::string& name, const std::string& content) {
    put_content(folder.path / name, content);
    return (folder.path / name).string();
  }

  temp_folder folder;
  config::settings settings;
  const std::string hex = key_text('1');
  const std::string other_hex = key_text('2');
};

} // namespace

TEST_F(RecordingSetup, MakesADirectoryForItself) {
  auto made = prepare_directory(settings);
  EXPECT_EQ(made, folder.path / "data" / "recordings");
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(made).permissions() & perms::mask,
            perms::owner_all);
  EXPECT_EQ(prepare_directory(settings), made) << "again";
  settings.storage.data_dir = key_file("file", "x");
  EXPECT_THAT(complaint_of([&] { prepare_directory(settings); }),
              HasSubstr("storage.data_dir"));
}

TEST_F(RecordingSetup, MakesItsOwnKeyWhenNoneIsNamed) {
  auto id = present();
  EXPECT_EQ(present(), id) << "kept";
  EXPECT_TRUE(std::filesystem::exists(folder.path / "data" / "recording.key"));
}

TEST_F(RecordingSetup, UsesTheKeyThatIsNamed) {
  settings.recording.key = hex;
  auto id = present();
  EXPECT_EQ(id, id_of(parse_key(hex, "")));
  EXPECT_FALSE(std::filesystem::exists(folder.path / "data" / "recording.key"));
  settings.recording.key.clear();
  settings.recording.key_file = key_file("key", hex + "\n");
  EXPECT_EQ(present(), id);
}

TEST_F(RecordingSetup, OpensWhatFormerKeysHaveWrapped) {
  auto by_own = wrapped();
  settings.recording.key = hex;
  EXPECT_TRUE(opens(by_own)) << "the engine's own is still there";
  auto by_first = wrapped();
  settings.recording.key = other_hex;
  EXPECT_FALSE(opens(by_first));
  settings.recording.old_key_files = {key_file("old", hex)};
  EXPECT_TRUE(opens(by_first));
  EXPECT_EQ(present(), id_of(parse_key(other_hex, "")));
}

TEST_F(RecordingSetup, NamesWhatIsWrong) {
  auto complaint
    = [this] { return complaint_of([this] { keys_of(settings); }); };
  settings.recording.key = "too short";
  EXPECT_THAT(complaint(),
              testing::StartsWith("recording.key must be 32 bytes"));
  EXPECT_THAT(complaint(), testing::Not(HasSubstr("too short")));
  settings.recording.key = hex;
  settings.recording.key_file = key_file("key", hex);
  EXPECT_THAT(complaint(), HasSubstr("are both set"));
  settings.recording.key.clear();
  settings.recording.key_file = key_file("key", "nonsense");
  EXPECT_THAT(complaint(), HasSubstr("recording.key_file ("));
  settings.recording.key_file = "/nowhere/key";
  EXPECT_THAT(complaint(), HasSubstr("/nowhere/key, which cannot be read"));
  settings.recording.key_file.clear();
  settings.recording.old_key_files = {"/nowhere/old"};
  EXPECT_THAT(complaint(), HasSubstr("recording.old_key_files"));
}
