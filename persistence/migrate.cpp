#include "persistence/migrate.hpp"

#include "protocol/twilio_signature.hpp" // sha256_hex

#include <algorithm>
#include <chrono>

namespace velox::persistence {

namespace {

struct applied_migration {
  migration_step step;
  std::string sha256;
};

int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
    .count();
}

std::string title(uint32_t version, std::string_view name) {
  return "migration " + std::to_string(version) + " (" + std::string{name}
         + ")";
}

std::vector<applied_migration> read_applied(connection& db) {
  std::vector<applied_migration> result;
  if (!db.query(db.speaks().has_table, "schema_migrations").next())
    return result;
  auto found = db.query("SELECT version, name, sha256, applied_at "
                        "FROM schema_migrations ORDER BY version");
  while (found.next())
    result.push_back({{static_cast<uint32_t>(found.integer(0)), found.text(1),
                       found.integer(3)},
                      found.text(2)});
  return result;
}

/// Insists that what was applied is a beginning of what is known.
void check_history(std::span<const applied_migration> applied,
                   std::span<const migration> known) {
  auto last = known.empty() ? 0 : known.back().version;
  for (size_t i = 0; i < applied.size(); ++i) {
    auto& [step, hash] = applied[i];
    if (step.version > last)
      throw migration_error{
        "the database is newer than this binary: it has "
        + title(step.version, step.name) + ", this binary knows up to "
        + std::to_string(last)
        + "; run the newer binary, or restore a backup from before the "
          "upgrade"};
    if (step.version != i + 1)
      throw migration_error{
        "migration " + std::to_string(i + 1)
        + " was never recorded in this database although "
        + title(step.version, step.name)
        + " was; restore table schema_migrations from a backup"};
    auto same = std::find_if(known.begin(), known.end(), [&](auto& x) {
      return x.version == step.version;
    });
    if (same == known.end())
      throw migration_error{title(step.version, step.name)
                            + " was applied to this database but is missing "
                              "from this binary; bring its file back"};
    if (sha256_hex(same->sql) != hash)
      throw migration_error{
        title(step.version, step.name)
        + " was changed after it was applied to this database; restore its "
          "file and put the change into a new migration"};
  }
}

void apply(connection& db, const migration& x) {
  try {
    db.run_script(translate(db.speaks(), x.sql));
  } catch (const database_error& e) {
    throw database_error{e.why(), title(x.version, x.name) + ": " + e.what()};
  }
  db.execute("INSERT INTO schema_migrations (version, name, sha256, applied_at)"
             " VALUES ($1, $2, $3, $4)",
             x.version, x.name, sha256_hex(x.sql), now_ms());
}

/// Applies the first pending migration. False: there was none.
bool apply_next(connection& db, std::span<const migration> known) {
  // The lock comes first: another process may be at the same migration.
  transaction all{db};
  if (auto lock = db.speaks().lock_for_migration; !lock.empty())
    db.run_script(std::string{lock});
  db.run_script(translate(db.speaks(),
                          "CREATE TABLE IF NOT EXISTS schema_migrations ("
                          "version ${bigint} PRIMARY KEY NOT NULL, "
                          "name TEXT NOT NULL, sha256 TEXT NOT NULL, "
                          "applied_at ${timestamp} NOT NULL)${table}"));
  auto applied = read_applied(db);
  check_history(applied, known);
  if (applied.size() == known.size())
    return false;
  apply(db, known[applied.size()]);
  all.commit();
  return true;
}

} // namespace

size_t migration_report::pending() const {
  return static_cast<size_t>(
    std::count_if(steps.begin(), steps.end(),
                  [](auto& step) { return step.applied_at == 0; }));
}

migration_report
migration_status(connection& db, std::span<const migration> known) {
  auto applied = read_applied(db);
  check_history(applied, known);
  migration_report result;
  for (auto& [step, hash] : applied)
    result.steps.push_back(step);
  for (auto& x : known.subspan(applied.size()))
    result.steps.push_back({x.version, std::string{x.name}, 0});
  return result;
}

migration_report migrate(connection& db, std::span<const migration> known) {
  size_t count = 0;
  // Asking first spares a database that is up to date the lock.
  if (migration_status(db, known).pending() > 0)
    while (apply_next(db, known))
      ++count;
  auto result = migration_status(db, known);
  result.applied_now = count;
  return result;
}

migration_report migrate(const database_options& options) {
  auto patient = options;
  patient.patience = std::chrono::minutes{1};
  patient.statement_timeout = std::chrono::milliseconds{0};
  return migrate(*open_database(patient));
}

migration_report migrate(const std::filesystem::path& file) {
  return migrate(database_options{.file = file});
}

migration_report migration_status(const database_options& options) {
  auto as_it_is = options;
  as_it_is.create = false;
  if (!options.url.empty() || std::filesystem::exists(options.file))
    return migration_status(*open_database(as_it_is));
  migration_report result;
  for (auto& x : all_migrations())
    result.steps.push_back({x.version, std::string{x.name}, 0});
  return result;
}

migration_report migration_status(const std::filesystem::path& file) {
  return migration_status(database_options{.file = file});
}

} // namespace velox::persistence
