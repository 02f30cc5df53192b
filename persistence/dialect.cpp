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
  .has_table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1",
  .words = sqlite_words,
};

} // namespace

const dialect& sqlite_dialect() {
  return sqlite;
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
