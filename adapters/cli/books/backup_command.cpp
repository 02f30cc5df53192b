#include "adapters/cli/books/backup_command.hpp"

#include "adapters/cli/books/books.hpp"
#include "adapters/cli/context.hpp"
#include "adapters/cli/serve/data_directory.hpp"
#include "persistence/backup.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <ostream>

namespace velox::cli {

namespace {

constexpr auto footer
  = R"(SQLite: copies the database as of one moment while the engine goes on, and reads
the copy through. PostgreSQL: prints the pg_dump line to run; PostgreSQL has the
better tool. Secrets and recordings are files of their own in the data directory:
secrets.yaml, recording.key, recordings/. Back them up apart from the database.

Restore: stop the engine, put the copy in the place of velox.db, remove
velox.db-wal and velox.db-shm, start the engine.

Examples:
  velox backup /backups/velox-2026-11-21.db

Exit codes:
  0  the copy is whole (PostgreSQL: the line was printed)
  1  it failed; the reason is printed, and no file is left behind
  2  wrong options or config)";

int backup(const context& ctx, const std::string& to) {
  auto options = database_of(ctx.settings().storage);
  if (!options.url.empty()) {
    ctx.out << "pg_dump --format=custom --file='" << to << "' '"
            << name_of_books(ctx) << "'\n";
    ctx.err << "velox: the line above makes the backup; give user and password "
               "as PGUSER and PGPASSWORD\n";
    return exit_ok;
  }
  auto tenth = std::make_shared<int64_t>(0);
  persistence::backup_sqlite(
    options.file, to, [&ctx, tenth](const persistence::backup_progress& x) {
      auto now = x.of > 0 ? x.copied * 10 / x.of : 10;
      if (now > *tenth && now < 10)
        ctx.err << now * 10 << " %" << std::endl;
      *tenth = now;
    });
  ctx.out << fmt::format("{} has {} bytes and is whole\n", to,
                         std::filesystem::file_size(to));
  return exit_ok;
}

} // namespace

void add_backup(CLI::App& app, context& ctx) {
  auto* sub = app.add_subcommand("backup", "Copy the database while in use");
  sub->footer(footer);
  auto to = std::make_shared<std::string>();
  sub->add_option("FILE", *to, "The new file")->required();
  sub->callback(
    [&ctx, to] { ctx.action = [&ctx, to] { return backup(ctx, *to); }; });
}

} // namespace velox::cli
