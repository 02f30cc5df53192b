#include "persistence/sqlite.hpp"

#include "persistence/storable_text.hpp"

#include <functional>
#include <sqlite3.h>
#include <thread>
#include <unordered_map>

namespace velox::persistence {

namespace {

using namespace std::chrono_literals;

failure classify(int code) {
  switch (code & 0xff) { // the low byte is the primary code
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return failure::busy;
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH: return failure::constraint;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE: return failure::misuse;
    default: return failure::unusable;
  }
}

/// Throws the connection's last error.
[[noreturn]] void fail(sqlite3* db, int code) {
  auto text = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  throw database_error{classify(code), "sqlite: " + std::string{text}};
}

struct close_database {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};

struct finalize_statement {
  void operator()(sqlite3_stmt* stmt) const { sqlite3_finalize(stmt); }
};

using database_handle = std::unique_ptr<sqlite3, close_database>;
using statement_handle = std::unique_ptr<sqlite3_stmt, finalize_statement>;

class sqlite_statement : public statement {
public:
  sqlite_statement(sqlite3* db, std::string_view sql) : db_(db) {
    sqlite3_stmt* raw = nullptr;
    const char* rest = nullptr;
    auto code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                   SQLITE_PREPARE_PERSISTENT, &raw, &rest);
    handle_.reset(raw);
    if (code != SQLITE_OK)
      fail(db, code);
    auto end = sql.data() + sql.size();
    if (!raw
        || std::string_view{rest, end}.find_first_not_of(" \n\t;") != sql.npos)
      throw database_error{failure::misuse,
                           "sqlite: not exactly one statement"};
  }

  bool running() const { return sqlite3_stmt_busy(handle_.get()) != 0; }

  void bind(size_t index, const parameter& value) override {
    // SQLite would keep it, PostgreSQL would not.
    if (auto text = std::get_if<std::string_view>(&value))
      insist_on_storable(sqlite3_sql(handle_.get()), index, *text);
    // "$1" is a name to SQLite, whose own numbers follow the order in the text.
    auto name = "$" + std::to_string(index);
    auto at = sqlite3_bind_parameter_index(handle_.get(), name.c_str());
    auto visit = [&](auto x) { return bind_value(at, x); };
    if (auto code = std::visit(visit, value); code != SQLITE_OK)
      fail(db_, code);
  }

  bool step() override {
    auto code = sqlite3_step(handle_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE)
      fail(db_, code);
    return code == SQLITE_ROW;
  }

  int64_t changed() const override { return sqlite3_changes64(db_); }

  void reset() noexcept override {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
  }

  bool is_null(size_t column) const override {
    return sqlite3_column_type(handle_.get(), static_cast<int>(column))
           == SQLITE_NULL;
  }

  int64_t integer(size_t column) const override {
    return sqlite3_column_int64(handle_.get(), static_cast<int>(column));
  }

  std::string text(size_t column) const override {
    auto i = static_cast<int>(column);
    auto data = sqlite3_column_text(handle_.get(), i);
    auto size = sqlite3_column_bytes(handle_.get(), i);
    if (!data)
      return {};
    return {reinterpret_cast<const char*>(data), static_cast<size_t>(size)};
  }

private:
  int bind_value(int at, std::nullptr_t) {
    return sqlite3_bind_null(handle_.get(), at);
  }

  int bind_value(int at, bool x) {
    return sqlite3_bind_int64(handle_.get(), at, x ? 1 : 0);
  }

  int bind_value(int at, int64_t x) {
    return sqlite3_bind_int64(handle_.get(), at, x);
  }

  int bind_value(int at, std::string_view x) {
    // A null pointer would bind NULL.
    auto data = x.data() ? x.data() : "";
    return sqlite3_bind_text64(handle_.get(), at, data, x.size(),
                               SQLITE_TRANSIENT, SQLITE_UTF8);
  }

  sqlite3* db_;
  statement_handle handle_;
};

struct text_hash : std::hash<std::string_view> {
  using is_transparent = void;
};

class sqlite_connection : public connection {
public:
  explicit sqlite_connection(database_handle handle)
    : handle_(std::move(handle)) {}

  const dialect& speaks() const override { return sqlite_dialect(); }

  void run_script(const std::string& sql) override {
    auto code
      = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
      fail(handle_.get(), code);
  }

  statement& prepare(std::string_view sql) override {
    auto i = statements_.find(sql);
    if (i == statements_.end())
      i = statements_.try_emplace(std::string{sql}, handle_.get(), sql).first;
    else if (i->second.running())
      throw database_error{failure::misuse,
                           "sqlite: the statement is still running"};
    return i->second;
  }

private:
  database_handle handle_;
  std::unordered_map<std::string, sqlite_statement, text_hash, std::equal_to<>>
    statements_;
};

/// Two connections that both switch a fresh file to WAL are told "busy" without
/// any wait, so the wait is here.
void switch_to_wal(connection& db, std::chrono::milliseconds patience) {
  auto give_up = std::chrono::steady_clock::now() + patience;
  for (;;) {
    try {
      auto mode = db.query("PRAGMA journal_mode = WAL");
      if (mode.next() && mode.text(0) == "wal")
        return;
      throw database_error{failure::unusable,
                           "sqlite: the file system of the database does not "
                           "support WAL; use a local disk"};
    } catch (const database_error& e) {
      if (e.why() != failure::busy
          || std::chrono::steady_clock::now() >= give_up)
        throw;
      std::this_thread::sleep_for(5ms);
    }
  }
}

} // namespace

std::unique_ptr<connection> open_sqlite(const sqlite_options& options) {
  namespace fs = std::filesystem;
  auto& file = options.file;
  std::error_code ignored; // opening reports what matters
  auto fresh = options.create && !fs::exists(file, ignored);
  if (fresh && file.has_parent_path())
    fs::create_directories(file.parent_path(), ignored);
  sqlite3* raw = nullptr;
  auto flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
               | SQLITE_OPEN_EXRESCODE
               | (options.create ? SQLITE_OPEN_CREATE : 0);
  auto code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  database_handle handle{raw};
  if (code != SQLITE_OK)
    throw database_error{failure::unusable, "cannot open the database "
                                              + file.string() + ": "
                                              + sqlite3_errstr(code)};
  if (fresh) // it is going to hold what callers say; -wal and -shm follow suit
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write,
                    ignored);
  sqlite3_busy_timeout(raw, static_cast<int>(options.patience.count()));
  auto result = std::make_unique<sqlite_connection>(std::move(handle));
  try {
    switch_to_wal(*result, options.patience);
    result->run_script("PRAGMA foreign_keys = ON;"
                       "PRAGMA synchronous = NORMAL;"
                       "PRAGMA trusted_schema = OFF;"
                       "PRAGMA temp_store = MEMORY;"
                       "PRAGMA journal_size_limit = 67108864;");
  } catch (const database_error& e) {
    throw database_error{e.why(), "cannot open the database " + file.string()
                                    + ": " + e.what()};
  }
  return result;
}

} // namespace velox::persistence
