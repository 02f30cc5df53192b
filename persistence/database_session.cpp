#include "persistence/database_session.hpp"

#include "config/log.hpp"
#include "persistence/engine_presence.hpp"
#include "persistence/migrate.hpp"
#include "protocol/errc.hpp"

#include <chrono>
#include <filesystem>

namespace velox::persistence {

database_session::database_session(std::string name, database_options options)
  : name_(std::move(name)), options_(std::move(options)) {}

connection& database_session::database() {
  if (db_ && !db_->alive())
    db_.reset();
  kept_ = db_ != nullptr;
  if (!db_)
    db_ = open();
  db_->rest();
  return *db_;
}

std::unique_ptr<connection> database_session::open() {
  auto now = std::chrono::steady_clock::now();
  if (!pause_.over(now))
    throw database_error{failure::unusable, problem_};
  try {
    auto result = open_database(options_);
    options_.create = false;
    if (migration_status(*result).pending() > 0)
      migrate(options_);
    join_engines(*result);
    pause_.succeeded();
    return result;
  } catch (const std::exception& e) {
    // A file costs nothing to try, and is there as soon as it is there.
    if (!options_.url.empty()) {
      problem_ = e.what();
      pause_.failed(std::chrono::steady_clock::now());
    }
    throw;
  }
}

/// Did the request fail because of what happened before it, and nothing else?
bool database_session::was_stale() {
  try {
    throw;
  } catch (const database_error& e) {
    if (e.why() != failure::unusable || !kept_ || !db_ || !db_->at_rest())
      return false;
  } catch (...) {
    return false;
  }
  db_.reset();
  return true;
}

void database_session::check() {
  auto& known = database();
  if (options_.url.empty() && !std::filesystem::exists(options_.file))
    throw database_error{failure::unusable, "the database file is gone"};
  known.query("SELECT COUNT(*) FROM schema_migrations").next();
}

void database_session::on_success() {
  if (std::exchange(failing_, false))
    config::log().info("The database works again. part={}", name_);
}

caf::error database_session::on_failure() {
  std::string text;
  try {
    throw;
  } catch (const not_found& e) {
    on_success();
    return caf::make_error(errc::not_found, std::string{e.what()});
  } catch (const database_error& e) {
    text = e.what();
    if (e.why() == failure::constraint) {
      on_success(); // it is the request that is wrong
      return caf::make_error(errc::store_failed, std::move(text));
    }
    if (e.why() != failure::busy)
      db_.reset(); // opened anew with the next request
  } catch (const std::exception& e) {
    text = e.what();
    db_.reset();
  }
  if (!std::exchange(failing_, true)) // once, not with every request
    config::log().error("The database has failed. part={} why={}", name_,
                        config::field(text));
  return caf::make_error(errc::store_failed, std::move(text));
}

} // namespace velox::persistence
