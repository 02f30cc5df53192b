#include "adapters/cli/migrate.hpp"

#include "adapters/cli/context.hpp"
#include "adapters/cli/serve/data_directory.hpp"
#include "adapters/cli/text.hpp"
#include "persistence/migrate.hpp"

#include <CLI/CLI.hpp>
#include <ctime>
#include <filesystem>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>
#include <ostream>

namespace velox::cli {

namespace {

constexpr auto footer
  = R"(Each migration runs in a transaction of its own; what is applied stays. The
engine does the same when it starts. Stop it before migrating by hand.

Examples:
  velox migrate --data-dir data
  velox migrate --status          look, but change nothing
  DATABASE_URL=postgresql://velox@db/velox velox migrate

Exit codes:
  0  the database is up to date (with --status: it was read)
  1  the database cannot be migrated; the reason is printed
  2  wrong options or config)";

std::string state_of(const persistence::migration_step& step) {
  if (step.applied_at == 0)
    return "pending";
  return fmt::format(
    "applied {:%Y-%m-%d %H:%M:%S} UTC",
    fmt::gmtime(static_cast<std::time_t>(step.applied_at / 1000)));
}

int migrate(const context& ctx, bool status_only) {
  auto storage = ctx.settings().storage;
  auto database = database_of(storage);
  auto on_file = database.url.empty();
  if (!status_only && on_file)
    std::filesystem::create_directories(storage.data_dir);
  auto report = status_only ? persistence::migration_status(database)
                            : persistence::migrate(database);
  // The URL holds a password.
  ctx.out << "database "
          << (on_file ? database.file.string()
                      : "PostgreSQL (storage.database_url)")
          << '\n';
  std::vector<std::vector<std::string>> rows{{"VERSION", "NAME", "STATE"}};
  for (const auto& step : report.steps)
    rows.push_back(
      {fmt::format("{:04}", step.version), step.name, state_of(step)});
  ctx.out << table(rows, "  ")
          << fmt::format("{} migrations, {} applied now, {} pending\n",
                         report.steps.size(), report.applied_now,
                         report.pending());
  return exit_ok;
}

} // namespace

void add_migrate(CLI::App& app, context& ctx) {
  auto* sub = app.add_subcommand("migrate", "Bring the database up to date");
  sub->footer(footer);
  auto status_only = std::make_shared<bool>(false);
  sub->add_flag("--status", *status_only,
                "Print what is applied and pending, change nothing");
  sub->callback([&ctx, status_only] {
    ctx.action = [&ctx, status_only] { return migrate(ctx, *status_only); };
  });
}

} // namespace velox::cli
