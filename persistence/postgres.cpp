#include "persistence/postgres.hpp"

#include "persistence/parameter_name.hpp"
#include "persistence/postgres_wire.hpp"
#include "persistence/storable_text.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <unordered_map>

namespace velox::persistence {

namespace {

/// The number of PostgreSQL's type BOOLEAN (pg_type.dat).
constexpr Oid boolean_type = 16;

/// The highest N of all `$N` in `sql`.
size_t count_parameters(std::string_view sql) {
  size_t result = 0;
  for (size_t i = 0; (i = sql.find('$', i)) != sql.npos; ++i) {
    size_t number = 0;
    std::from_chars(sql.data() + i + 1, sql.data() + sql.size(), number);
    result = std::max(result, number);
  }
  return result;
}

/// Can it be run twice without harm?
bool is_harmless(std::string_view sql) {
  return sql.starts_with("SELECT ") || sql.starts_with("BEGIN")
         || sql.starts_with("ROLLBACK");
}

int64_t changed_by(PGresult* x) {
  std::string_view text = PQcmdTuples(x);
  int64_t result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

/// The text of a value for `$index` of `sql`. PostgreSQL's texts are UTF-8 and
/// hold no NUL; what is not is refused here, with the column's name.
std::optional<std::string>
to_text(std::string_view sql, size_t index, const parameter& value) {
  if (auto truth = std::get_if<bool>(&value))
    return *truth ? "t" : "f";
  if (auto number = std::get_if<int64_t>(&value))
    return std::to_string(*number);
  auto text = std::get_if<std::string_view>(&value);
  if (!text)
    return std::nullopt;
  if (text->find('\0') != text->npos)
    throw database_error{failure::constraint,
                         parameter_name(sql, index)
                           + ": a NUL character cannot be stored; leave it "
                             "out"};
  if (!is_utf8(*text))
    throw database_error{failure::constraint,
                         parameter_name(sql, index)
                           + ": not valid UTF-8; mend the text"};
  return std::string{*text};
}

class postgres_statement;

/// What statements share with their connection.
struct postgres_session {
  explicit postgres_session(const postgres_options& options) : wire(options) {}

  postgres_wire wire;
  bool acted = false; ///< something was sent that could have had an effect
};

class postgres_statement : public statement {
public:
  postgres_statement(postgres_session& session, std::string_view sql,
                     size_t number)
    : session_(session), sql_(sql), name_("s" + std::to_string(number)),
      values_(count_parameters(sql)) {}

  bool running() const { return result_ && row_ <= PQntuples(result_.get()); }

  void bind(size_t index, const parameter& value) override {
    if (index == 0 || index > values_.size())
      throw database_error{failure::misuse,
                           "postgresql: the statement has fewer parameters"};
    values_[index - 1] = to_text(sql_, index, value);
  }

  bool step() override {
    if (!result_) {
      prepare();
      session_.acted = session_.acted || !is_harmless(sql_);
      session_.wire.send_execute(name_, values_);
      take(session_.wire.finish());
    }
    return row_++ < PQntuples(result_.get());
  }

  int64_t changed() const override {
    return result_ ? changed_by(result_.get()) : 0;
  }

  void reset() noexcept override {
    result_.reset();
    row_ = 0;
    for (auto& x : values_)
      x.reset();
  }

  bool is_null(size_t column) const override {
    return PQgetisnull(result_.get(), row_ - 1, static_cast<int>(column)) == 1;
  }

  int64_t integer(size_t column) const override {
    auto i = static_cast<int>(column);
    std::string_view value = PQgetvalue(result_.get(), row_ - 1, i);
    if (PQftype(result_.get(), i) == boolean_type)
      return value == "t" ? 1 : 0;
    int64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number;
  }

  std::string text(size_t column) const override {
    auto i = static_cast<int>(column);
    auto length = PQgetlength(result_.get(), row_ - 1, i);
    return {PQgetvalue(result_.get(), row_ - 1, i),
            static_cast<size_t>(length)};
  }

  // -- for pipelines

  const std::string& name() const { return name_; }
  const std::string& sql() const { return sql_; }
  const text_values& values() const { return values_; }
  bool prepared() const { return prepared_; }
  void is_prepared() { prepared_ = true; }

private:
  void prepare() {
    if (prepared_)
      return;
    session_.wire.send_prepare(name_, sql_);
    session_.wire.finish();
    prepared_ = true;
  }

  void take(result_handle result) {
    if (!result || PQresultStatus(result.get()) == PGRES_EMPTY_QUERY)
      throw database_error{failure::misuse,
                           "postgresql: not exactly one statement"};
    result_ = std::move(result);
    row_ = 0;
  }

  postgres_session& session_;
  std::string sql_;
  std::string name_;
  bool prepared_ = false;
  text_values values_;
  result_handle result_; ///< of the present run; all rows at once
  int row_ = 0;          ///< the present row's number, from 1; 0: before
};

struct text_hash : std::hash<std::string_view> {
  using is_transparent = void;
};

class postgres_connection : public connection {
public:
  explicit postgres_connection(const postgres_options& options)
    : session_(options) {}

  const dialect& speaks() const override { return postgres_dialect(); }

  void run_script(const std::string& sql) override {
    session_.acted = session_.acted || !is_harmless(sql);
    session_.wire.send_script(sql);
    auto last = session_.wire.finish();
    // Committing what has failed is answered with ROLLBACK and no error.
    if (sql == "COMMIT"
        && std::string_view{PQcmdStatus(last.get())} == "ROLLBACK")
      fail_commit();
  }

  statement& prepare(std::string_view sql) override {
    auto& result = find(sql);
    if (result.running())
      throw database_error{failure::misuse,
                           "postgresql: the statement is still running"};
    return result;
  }

  bool alive() override { return session_.wire.alive(); }
  bool at_rest() const override { return !session_.acted; }
  void rest() override { session_.acted = false; }

protected:
  std::vector<int64_t>
  run_together(const std::string& begin,
               std::span<const batched_statement> statements,
               const std::string& end) override;

private:
  struct pipeline;

  static text_values texts_of(const batched_statement& x);
  void send(pipeline& to, const std::string& sql);
  void send(pipeline& to, postgres_statement& stmt, const text_values& values);
  void receive(pipeline& from);

  [[noreturn]] static void fail_commit() {
    throw database_error{failure::misuse,
                         "postgresql: the transaction was rolled back, for a "
                         "statement in it had failed; put what may fail into a "
                         "transaction of its own"};
  }

  postgres_statement& find(std::string_view sql) {
    auto i = statements_.find(sql);
    if (i == statements_.end())
      i = statements_
            .try_emplace(std::string{sql}, session_, sql, statements_.size())
            .first;
    return i->second;
  }

  postgres_session session_; // before the statements, which use it
  std::unordered_map<std::string, postgres_statement, text_hash,
                     std::equal_to<>>
    statements_;
};

/// What a pipeline's answers will be taken for.
struct postgres_connection::pipeline {
  /// One per statement that was sent, BEGIN and PREPARE included.
  struct step {
    postgres_statement* prepares = nullptr;
    bool counts = false;  ///< its number of rows is asked for
    bool commits = false; ///< "ROLLBACK" would be a failure
  };
  std::vector<step> steps;

  std::vector<int64_t> changed;
  result_handle error; ///< the first
  bool rolled_back = false;

  void take(const step& at, result_handle x) {
    auto status = PQresultStatus(x.get());
    if (status == PGRES_PIPELINE_ABORTED)
      return; // it follows what has failed
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      if (!error)
        error = std::move(x);
      return;
    }
    if (at.prepares)
      at.prepares->is_prepared();
    if (at.counts)
      changed.push_back(changed_by(x.get()));
    if (at.commits)
      rolled_back = std::string_view{PQcmdStatus(x.get())} == "ROLLBACK";
  }
};

std::vector<int64_t>
postgres_connection::run_together(const std::string& begin,
                                  std::span<const batched_statement> statements,
                                  const std::string& end) {
  // First what may be refused: later the pipeline would be in the way.
  std::vector<text_values> values;
  values.reserve(statements.size());
  for (auto& x : statements)
    values.push_back(texts_of(x));
  pipeline answers;
  session_.wire.enter_pipeline();
  session_.acted = true;
  send(answers, begin);
  for (size_t i = 0; i < statements.size(); ++i)
    send(answers, find(statements[i].sql), values[i]);
  send(answers, end);
  session_.wire.sync_pipeline();
  receive(answers);
  if (answers.error)
    postgres_wire::fail(answers.error.get());
  if (answers.rolled_back)
    fail_commit();
  return std::move(answers.changed);
}

text_values postgres_connection::texts_of(const batched_statement& x) {
  text_values result(count_parameters(x.sql));
  if (x.values.size() > result.size())
    throw database_error{failure::misuse,
                         "postgresql: the statement has fewer parameters"};
  for (size_t i = 0; i < x.values.size(); ++i)
    result[i] = std::visit(
      [&](auto& value) { return to_text(x.sql, i + 1, as_parameter(value)); },
      x.values[i]);
  return result;
}

void postgres_connection::send(pipeline& to, const std::string& sql) {
  session_.wire.send_plain(sql);
  to.steps.push_back({.commits = sql == "COMMIT"});
}

void postgres_connection::send(pipeline& to, postgres_statement& stmt,
                               const text_values& values) {
  auto known = stmt.prepared()
               || std::any_of(to.steps.begin(), to.steps.end(),
                              [&](auto& x) { return x.prepares == &stmt; });
  if (!known) {
    session_.wire.send_prepare(stmt.name(), stmt.sql());
    to.steps.push_back({.prepares = &stmt});
  }
  session_.wire.send_execute(stmt.name(), values);
  to.steps.push_back({.counts = true});
}

void postgres_connection::receive(pipeline& from) {
  auto& wire = session_.wire;
  // Each step has its results and then a null; a null too many is harmless.
  for (auto& step : from.steps)
    while (auto x = wire.next())
      from.take(step, std::move(x));
  while (auto x = wire.next())
    if (PQresultStatus(x.get()) == PGRES_PIPELINE_SYNC)
      break;
  wire.leave_pipeline();
}

} // namespace

std::unique_ptr<connection> open_postgres(const postgres_options& options) {
  return std::make_unique<postgres_connection>(options);
}

} // namespace velox::persistence
