#pragma once

#include "persistence/dialect.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// A database as the repositories see it, whatever the engine. All of it may
/// block and throws on failure; nothing of it is for two threads at once. The
/// store actor turns exceptions into error codes.

namespace velox::persistence {

/// Why a statement failed, as far as it matters for what to do next.
enum class failure : uint8_t {
  /// Someone else holds the lock for longer than the patience. Try again.
  busy,
  /// A row that the schema forbids. Trying again does not help.
  constraint,
  /// File, disk or connection: close it and open it anew.
  unusable,
  /// SQL that is wrong, or used wrongly. A bug.
  misuse,
};

/// A statement failed. The text names the rule, never a value.
class database_error : public std::runtime_error {
public:
  database_error(failure why, const std::string& text)
    : std::runtime_error(text), why_(why) {}

  failure why() const { return why_; }

private:
  failure why_;
};

/// What was to be changed or added to does not exist.
class not_found : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A value for `$1`, `$2`...
using parameter = std::variant<std::nullptr_t, bool, int64_t, std::string_view>;

/// A statement that waits in a batch, with its values.
struct batched_statement {
  std::string_view sql;
  std::vector<std::variant<std::nullptr_t, bool, int64_t, std::string>> values;
};

/// A prepared statement of one connection.
class statement {
public:
  virtual ~statement() = default;

  /// Gives `$index` its value, which is copied.
  virtual void bind(size_t index, const parameter& value) = 0;

  /// Goes to the next row. False: there is none.
  virtual bool step() = 0;

  /// How many rows the run inserted, updated or deleted.
  virtual int64_t changed() const = 0;

  /// Ends the run; the values are forgotten.
  virtual void reset() noexcept = 0;

  // Columns of the present row, counted from 0. Null reads as empty or 0.
  virtual bool is_null(size_t column) const = 0;
  virtual int64_t integer(size_t column) const = 0;
  virtual std::string text(size_t column) const = 0;
};

/// The rows of one run of a statement. One run of a text at a time.
class rows {
public:
  explicit rows(statement& source) : source_(&source) {}
  rows(rows&& other) noexcept : source_(std::exchange(other.source_, {})) {}
  rows& operator=(rows&&) = delete;
  ~rows() {
    if (source_)
      source_->reset();
  }

  /// Goes to the next row, the first one included. False: there is none.
  bool next() { return source_->step(); }

  /// How many rows the run changed, once there is no next row.
  int64_t changed() const { return source_->changed(); }

  bool is_null(size_t column) const { return source_->is_null(column); }
  int64_t integer(size_t column) const { return source_->integer(column); }
  bool boolean(size_t column) const { return integer(column) != 0; }
  std::string text(size_t column) const { return source_->text(column); }

private:
  statement* source_;
};

/// One connection to a database.
class connection {
public:
  virtual ~connection() = default;

  /// The engine's own words.
  virtual const dialect& speaks() const = 0;

  /// Runs several statements without values, as migrations do.
  virtual void run_script(const std::string& sql) = 0;

  /// Runs one statement with values for `$1`, `$2`...; the rows come one by
  /// one. `sql` is prepared once and kept, so it must be a constant.
  template <class... Ts>
  rows query(std::string_view sql, const Ts&... values) {
    auto& stmt = prepare(sql);
    rows result{stmt};
    size_t index = 0;
    (stmt.bind(++index, as_parameter(values)), ...);
    return result;
  }

  /// The same for statements without rows. Returns how many rows changed.
  template <class... Ts>
  int64_t execute(std::string_view sql, const Ts&... values) {
    auto run = query(sql, values...);
    while (run.next())
      ;
    return run.changed();
  }

  /// The statement for `sql`, ready for values; what `query` begins with.
  /// Throws when it is running.
  virtual statement& prepare(std::string_view sql) = 0;

  /// Asks the socket, without a round trip, whether the other side is still
  /// there. False: every statement would fail.
  virtual bool alive() { return true; }

  /// True when nothing that could have had an effect was sent since `rest`:
  /// whoever failed with `unusable` may try again on another connection.
  virtual bool at_rest() const { return false; }
  virtual void rest() {}

protected:
  /// Runs `begin`, the statements and `end` in order, up to the first that
  /// fails. Returns how many rows each changed. Engines behind a network send
  /// all at once.
  virtual std::vector<int64_t>
  run_together(const std::string& begin,
               std::span<const batched_statement> statements,
               const std::string& end);

  static parameter as_parameter(std::nullptr_t) { return nullptr; }
  static parameter as_parameter(std::string_view x) { return x; }

  template <std::integral T>
  static parameter as_parameter(T x) {
    if constexpr (std::same_as<T, bool>)
      return x;
    else if (!std::in_range<int64_t>(x))
      throw database_error{failure::constraint,
                           "a number is too large for the database"};
    else
      return static_cast<int64_t>(x);
  }

private:
  friend class transaction;
  friend class batch;

  size_t depth_ = 0; ///< of open transactions
};

/// All or nothing: rolled back unless committed. One inside another is a save
/// point, and becomes durable with the outermost one.
class transaction {
public:
  explicit transaction(connection& db);
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction();

  /// Keeps what was done. Nothing may follow. `place` is where a test may end
  /// the process before and after this (config/failpoint.hpp).
  void commit(std::string_view place = {});

private:
  connection& db_;
  size_t depth_; ///< 0 is the outermost
  bool open_ = true;
};

/// Writes that go together: in one transaction and, where the engine is behind
/// a network, in one round trip. Inside a transaction it is a save point.
class batch {
public:
  explicit batch(connection& db) : db_(db) {}

  /// `sql` is a constant, as for `connection::query`; values are copied. Throws
  /// for a text that cannot be stored.
  template <class... Ts>
  void add(std::string_view sql, const Ts&... values) {
    auto& x = statements_.emplace_back();
    x.sql = sql;
    x.values.reserve(sizeof...(values));
    (add_value(x, connection::as_parameter(values)), ...);
  }

  bool empty() const { return statements_.empty(); }

  /// Runs all of it, or, when it throws, nothing. Returns how many rows each
  /// statement changed. `place` as in `transaction::commit`.
  std::vector<int64_t> run(std::string_view place = {});

private:
  static void add_value(batched_statement& to, const parameter& x);

  connection& db_;
  std::vector<batched_statement> statements_;
};

} // namespace velox::persistence
