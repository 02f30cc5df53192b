#include "persistence/dialect.hpp"

#include <algorithm>
#include <stdexcept>

namespace velox::persistence {

namespace {

constexpr dialect_word sqlite_words[] = {
  {"bigint", "INTEGER"},
  {"boolean", "INTEGER"},
  {"timestamp", "INTEGER"},
  {"json", "TEXT"},
  // A number that the database counts up; the whole column definition.
  {"identity", "INTEGER PRIMARY KEY AUTOINCREMENT"},
  {"table", " STRICT"},
  // Rows lie in the order of the primary key; for small rows read in order.
  {"clustered_table", " STRICT, WITHOUT ROWID"},
};

constexpr dialect sqlite{
  .engine = "sqlite",
  // A transaction that first reads and then writes could not wait for others.
  .begin = "BEGIN IMMEDIATE",
  .lock_for_migration = "",
  .has_table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1",
  .words = sqlite_words,
};

constexpr dialect_word postgres_words[] = {
  {"bigint", "BIGINT"},
  {"boolean", "BOOLEAN"},
  {"timestamp", "BIGINT"},
  // Not JSONB: the text stays as it was written, which hashes rely on.
  {"json", "JSON"},
  {"identity", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"},
  {"table", ""},
  {"clustered_table", ""},
};

constexpr dialect postgres{
  .engine = "postgresql",
  .begin = "BEGIN",
  // Any number that nobody else takes: "velox" in ASCII.
  .lock_for_migration = "SELECT pg_advisory_xact_lock(508507746168)",
  .has_table = "SELECT 1 FROM pg_catalog.pg_tables "
               "WHERE schemaname = current_schema() AND tablename = $1",
  .words = postgres_words,
};

} // namespace

const dialect& sqlite_dialect() {
  return sqlite;
}

const dialect& postgres_dialect() {
  return postgres;
}

std::string translate(const dialect& to, std::string_view sql) {
  std::string result;
  result.reserve(sql.size());
  while (!sql.empty()) {
    auto begin = sql.find("${");
    result += sql.substr(0, begin);
    if (begin == sql.npos)
      break;
    auto end = sql.find('}', begin);
    auto name = sql.substr(begin + 2, end == sql.npos ? end : end - begin - 2);
    auto word = std::find_if(to.words.begin(), to.words.end(),
                             [&](auto& x) { return x.name == name; });
    if (end == sql.npos || word == to.words.end())
      throw std::invalid_argument("the " + std::string{to.engine}
                                  + " dialect has no word ${"
                                  + std::string{name.substr(0, 40)} + "}");
    result += word->text;
    sql.remove_prefix(end + 1);
  }
  return result;
}

} // namespace velox::persistence
