#include "persistence/backup.hpp"

#include "persistence/sqlite.hpp"

#include <chrono>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <thread>

namespace velox::persistence {

namespace {

namespace fs = std::filesystem;

/// 4 MiB at a time with the usual page, so that progress can be told.
constexpr int pages_per_step = 1024;

/// How long a writer may hold the lock before the backup gives up.
constexpr std::chrono::seconds patience{30};

struct close_database {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};

using handle = std::unique_ptr<sqlite3, close_database>;

[[noreturn]] void fail(const std::string& what, int code) {
  throw database_error{failure::unusable, what + ": " + sqlite3_errstr(code)};
}

handle open(const fs::path& file, int flags) {
  sqlite3* raw = nullptr;
  auto code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  handle result{raw};
  if (code != SQLITE_OK)
    fail("cannot open " + file.string(), code);
  return result;
}

void copy(sqlite3* from, sqlite3* to,
          const std::function<void(const backup_progress&)>& report) {
  auto give_up = std::chrono::steady_clock::now() + patience;
  auto* run = sqlite3_backup_init(to, "main", from, "main");
  if (!run)
    fail("the backup cannot begin", sqlite3_errcode(to));
  auto code = SQLITE_OK;
  while (code != SQLITE_DONE) {
    code = sqlite3_backup_step(run, pages_per_step);
    auto busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
    if (code != SQLITE_OK && code != SQLITE_DONE
        && (!busy || std::chrono::steady_clock::now() > give_up))
      break;
    if (busy)
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    else if (report)
      report({sqlite3_backup_pagecount(run) - sqlite3_backup_remaining(run),
              sqlite3_backup_pagecount(run)});
  }
  sqlite3_backup_finish(run);
  if (code != SQLITE_DONE)
    fail("the backup has failed", code);
}

void insist_on_whole(const fs::path& file) {
  auto db = open_sqlite({.file = file, .create = false});
  auto check = db->query("PRAGMA integrity_check");
  if (!check.next() || check.text(0) != "ok")
    throw database_error{failure::unusable,
                         "the copy is damaged; is the database itself whole? "
                         "Ask sqlite3 with PRAGMA integrity_check"};
}

} // namespace

void backup_sqlite(const fs::path& from, const fs::path& to,
                   const std::function<void(const backup_progress&)>& report) {
  if (fs::exists(to))
    throw database_error{failure::unusable,
                         to.string() + " exists; name a new file"};
  auto source = open(from, SQLITE_OPEN_READONLY);
  try {
    {
      auto target = open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
      // It holds what callers say.
      fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
      copy(source.get(), target.get(), report);
    }
    insist_on_whole(to);
  } catch (...) {
    std::error_code ignored;
    fs::remove(to, ignored);
    throw;
  }
}

} // namespace velox::persistence
