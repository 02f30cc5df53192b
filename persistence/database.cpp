#include "persistence/database.hpp"

#include "config/failpoint.hpp"
#include "persistence/storable_text.hpp"

#include <exception>

namespace velox::persistence {

namespace {

std::string save_point(size_t depth) {
  return "level_" + std::to_string(depth);
}

} // namespace

transaction::transaction(connection& db) : db_(db), depth_(db.depth_) {
  if (depth_ == 0)
    db_.run_script(std::string{db_.speaks().begin});
  else
    db_.run_script("SAVEPOINT " + save_point(depth_));
  ++db_.depth_;
}

transaction::~transaction() {
  if (!open_)
    return;
  --db_.depth_;
  try {
    if (depth_ == 0)
      db_.run_script("ROLLBACK");
    else
      db_.run_script("ROLLBACK TO SAVEPOINT " + save_point(depth_)
                     + "; RELEASE SAVEPOINT " + save_point(depth_));
  } catch (const std::exception&) {
    // The engine has rolled back by itself, as it does when the disk is full.
  }
}

void transaction::commit(std::string_view place) {
  if (!place.empty())
    config::failpoint(place, "before");
  if (depth_ == 0)
    db_.run_script("COMMIT");
  else
    db_.run_script("RELEASE SAVEPOINT " + save_point(depth_));
  // After a failed commit the destructor still rolls back.
  open_ = false;
  --db_.depth_;
  if (!place.empty())
    config::failpoint(place, "after");
}

std::vector<int64_t>
connection::run_together(const std::string& begin,
                         std::span<const batched_statement> statements,
                         const std::string& end) {
  run_script(begin);
  std::vector<int64_t> result;
  for (auto& x : statements) {
    auto& stmt = prepare(x.sql);
    rows run{stmt};
    for (size_t i = 0; i < x.values.size(); ++i)
      stmt.bind(i + 1, std::visit([](auto& y) { return as_parameter(y); },
                                  x.values[i]));
    while (run.next())
      ;
    result.push_back(run.changed());
  }
  run_script(end);
  return result;
}

std::vector<int64_t> batch::run(std::string_view place) {
  if (!place.empty())
    config::failpoint(place, "before");
  auto level = save_point(db_.depth_);
  auto outermost = db_.depth_ == 0;
  std::vector<int64_t> result;
  try {
    result = outermost ? db_.run_together(std::string{db_.speaks().begin},
                                          statements_, "COMMIT")
                       : db_.run_together("SAVEPOINT " + level, statements_,
                                          "RELEASE SAVEPOINT " + level);
  } catch (...) {
    try {
      db_.run_script(outermost ? std::string{"ROLLBACK"}
                               : "ROLLBACK TO SAVEPOINT " + level
                                   + "; RELEASE SAVEPOINT " + level);
    } catch (const std::exception&) {
      // It never began, or the engine has rolled back by itself.
    }
    throw;
  }
  if (!place.empty())
    config::failpoint(place, "after");
  return result;
}

void batch::add_value(batched_statement& to, const parameter& x) {
  if (auto text = std::get_if<std::string_view>(&x)) {
    // Here, and not when all of it runs: a bad value must not cost more than
    // the batch, such as the transaction around it.
    insist_on_storable(to.sql, to.values.size() + 1, *text);
    to.values.emplace_back(std::string{*text});
  } else if (auto number = std::get_if<int64_t>(&x)) {
    to.values.emplace_back(*number);
  } else if (auto truth = std::get_if<bool>(&x)) {
    to.values.emplace_back(*truth);
  } else {
    to.values.emplace_back(nullptr);
  }
}

} // namespace velox::persistence
