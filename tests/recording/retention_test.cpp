#include "adapters/recording/retention.hpp"

#include "tests/recording/folder.hpp"
#include "tests/support/actor_test.hpp"
#include "tests/support/memory_store.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <set>

using namespace velox;
using namespace velox::recording;

namespace {

constexpr unix_ms began = 1'700'000'000'000;
constexpr unix_ms day = 24 * 3'600'000;

class Retention : public test::actor_test {
protected:
  Retention() : start_(world.now()) {
    db = test::make_memory_database({});
    options.directory = folder.path;
    options.store = keep(test::spawn_memory_store(sys, db));
    options.time_of_day = [this] { return now(); };
  }

  unix_ms now() {
    return began
           + std::chrono::duration_cast<std::chrono::milliseconds>(world.now()
                                                                   - start_)
               .count();
  }

  /// A file that was last written `age` before now.
  void add_file(const std::string& name, unix_ms age) {
    put_content(folder.path / name, "sound");
    auto at = std::chrono::sys_time<std::chrono::milliseconds>{
      std::chrono::milliseconds{now() - age}};
    std::filesystem::last_write_time(folder.path / name,
                                     std::chrono::file_clock::from_sys(at));
  }

  void
  add(const std::string& name, unix_ms delete_after, bool with_file = true) {
    recording_record x;
    x.call_id = "CA" + name;
    x.org_id = name.starts_with("r") ? "rival" : "acme";
    x.file = name;
    x.delete_after = delete_after;
    db->recordings.emplace(name, x);
    if (with_file)
      add_file(name, 3 * day);
  }

  std::set<std::string> files() {
    std::set<std::string> result;
    for (auto& x : std::filesystem::directory_iterator{folder.path})
      result.insert(x.path().filename().string());
    return result;
  }

  std::set<std::string> rows() {
    std::set<std::string> result;
    for (auto& [name, x] : db->recordings)
      result.insert(name);
    return result;
  }

  void start() { keep(sys.spawn(recording_retention, options)); }

  using names = std::set<std::string>;

  test::virtual_world::time_point start_;
  temp_folder folder;
  test::memory_database_ptr db;
  retention_options options;
};

} // namespace

TEST_F(Retention, DeletesWhatWasKeptLongEnough) {
  add("a.velrec", began - 1);
  add("b.velrec", began + 1);
  add("r.velrec", began - day);
  start();
  EXPECT_EQ(files(), names{"b.velrec"});
  EXPECT_EQ(rows(), names{"b.velrec"});
}

TEST_F(Retention, LooksEveryDay) {
  add("a.velrec", began + day / 2);
  add("b.velrec", began + 3 * day / 2);
  start();
  advance(std::chrono::hours{23});
  EXPECT_EQ(files(), (names{"a.velrec", "b.velrec"}));
  advance(std::chrono::hours{1});
  EXPECT_EQ(files(), names{"b.velrec"});
  advance(std::chrono::hours{24});
  EXPECT_EQ(files(), names{});
  EXPECT_EQ(rows(), names{});
}

TEST_F(Retention, SurvivesFilesThatAreGone) {
  add("a.velrec", began - 1, false);
  add("b.velrec", began - 1);
  start();
  EXPECT_EQ(rows(), names{});
}

TEST_F(Retention, DeletesStraysOnceTheyAreOld) {
  add("a.velrec", began + 100 * day);
  add_file("old.velrec", 2 * day);
  add_file("young.velrec", day / 2); // a call may be at it
  add_file("notes.txt", 9 * day);    // not ours
  start();
  EXPECT_EQ(files(), (names{"a.velrec", "young.velrec", "notes.txt"}));
  advance(std::chrono::hours{24});
  EXPECT_EQ(files(), (names{"a.velrec", "notes.txt"}));
}

TEST_F(Retention, DeletesAnyNumber) {
  for (int i = 0; i < 450; ++i) {
    add("d" + std::to_string(i) + ".velrec", began - 1 - i);
    add_file("s" + std::to_string(i) + ".velrec", 2 * day);
  }
  add("kept.velrec", began + 1);
  start();
  EXPECT_EQ(files(), names{"kept.velrec"});
  EXPECT_EQ(rows(), names{"kept.velrec"});
}

TEST_F(Retention, TriesAgainWhenTheStoreIsDown) {
  add("a.velrec", began - 1);
  add_file("s.velrec", 2 * day);
  db->fault = test::store_is_down;
  start();
  EXPECT_EQ(files(), (names{"a.velrec", "s.velrec"}));
  db->fault = nullptr;
  advance(std::chrono::hours{24});
  EXPECT_EQ(files(), names{});
}

TEST_F(Retention, KeepsTheRowOfWhatItCannotDelete) {
  // A directory with something in it cannot be removed as a file.
  std::filesystem::create_directories(folder.path / "a.velrec" / "x");
  add("a.velrec", began - 1, false);
  start();
  EXPECT_EQ(rows(), names{"a.velrec"});
  std::filesystem::remove(folder.path / "a.velrec" / "x");
  advance(std::chrono::hours{24});
  EXPECT_EQ(rows(), names{});
}

TEST_F(Retention, DeletesNothingOutsideItsDirectory) {
  put_content(folder.path / "precious.velrec", "x");
  options.directory = folder.path / "recordings";
  std::filesystem::create_directory(options.directory);
  add("../precious.velrec", began - 1, false);
  start();
  EXPECT_TRUE(std::filesystem::exists(folder.path / "precious.velrec"));
  EXPECT_EQ(rows(), names{}) << "and is not asked for ever";
}

TEST_F(Retention, LivesWithoutADirectory) {
  options.directory = folder.path / "gone";
  add("a.velrec", began - 1, false);
  start();
  EXPECT_EQ(rows(), names{});
}
