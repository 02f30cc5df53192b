#include "persistence/backup.hpp"

#include "persistence/call_log.hpp"
#include "persistence/conversations.hpp"
#include "tests/persistence/records.hpp"

#include <atomic>
#include <thread>

namespace velox::persistence {

namespace {

class Backup : public tenants_test {
protected:
  std::filesystem::path copy = folder / "copy.db";
};

TEST_F(Backup, IsADatabaseOfItsOwn) {
  backup_progress last;
  backup_sqlite(file, copy, [&](auto& x) { last = x; });
  EXPECT_GT(last.of, 0);
  EXPECT_EQ(last.copied, last.of);
  auto other = open_sqlite({.file = copy, .create = false});
  EXPECT_EQ(migration_status(*other).pending(), 0u);
  EXPECT_TRUE(organisations{*other}.find("acme"));
  auto mode = std::filesystem::status(copy).permissions();
  EXPECT_EQ(mode & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
}

/// Half a batch in a copy would be a lie.
TEST_F(Backup, IsOfOneMomentWhileOthersWrite) {
  conversations{*db}.open(ringing("CA1"));
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> written = 0;
  std::thread writer{[&] {
    auto own = open_sqlite({.file = file});
    for (uint64_t i = 1; !stop; ++i) {
      call_log_batch batch;
      batch.events = {event("CA1", 2 * i - 1), event("CA1", 2 * i)};
      batch.messages = {said("CA1", i, "user", std::string(2000, 'x'))};
      call_log{*own}.append(batch);
      written = i;
    }
  }};
  while (written < 200)
    std::this_thread::yield();
  for (int i = 0; i < 5; ++i) {
    auto name = folder / ("copy" + std::to_string(i));
    auto before = written.load();
    backup_sqlite(file, name, {});
    auto other = open_sqlite({.file = name, .create = false});
    auto found = other->query("SELECT (SELECT COUNT(*) FROM messages), "
                              "(SELECT COUNT(*) FROM call_events)");
    ASSERT_TRUE(found.next());
    EXPECT_GE(found.integer(0), static_cast<int64_t>(before));
    EXPECT_EQ(found.integer(1), 2 * found.integer(0));
  }
  stop = true;
  writer.join();
}

TEST_F(Backup, TouchesNoFileThatExists) {
  std::ofstream{copy} << "mine";
  EXPECT_EQ(complaint_of([&] { backup_sqlite(file, copy, {}); }),
            copy.string() + " exists; name a new file");
  EXPECT_EQ(std::filesystem::file_size(copy), 4u);
}

TEST_F(Backup, LeavesNothingWhenItFails) {
  EXPECT_EQ(failure_of([&] { backup_sqlite(folder / "none.db", copy, {}); }),
            failure::unusable);
  std::ofstream{folder / "text.db"} << std::string(5000, 'x');
  EXPECT_EQ(failure_of([&] { backup_sqlite(folder / "text.db", copy, {}); }),
            failure::unusable);
  EXPECT_FALSE(std::filesystem::exists(copy));
}

} // namespace

} // namespace velox::persistence
