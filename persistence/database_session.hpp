#pragma once

#include "persistence/open_database.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/make_message.hpp> // what errc.hpp needs and does not include

#include <memory>
#include <string>
#include <utility>

namespace velox::persistence {

/// A store's connection over its whole life: opened when it is first needed,
/// dropped when it fails, opened again with a later request. Turns exceptions
/// into the errors that askers get. For one actor with a thread of its own.
class database_session {
public:
  /// `name` is for the log: "store", "ledger".
  database_session(std::string name, database_options options);

  /// The connection, opened and migrated when there is none. Throws.
  connection& database();

  /// Throws when the database cannot be read, or was taken away.
  void check();

  /// Runs `work(connection&)`. Exceptions become errc::not_found or
  /// errc::store_failed.
  template <class F>
  auto run(F work)
    -> caf::expected<decltype(work(std::declval<connection&>()))> {
    try {
      auto result = work(database());
      on_success();
      return result;
    } catch (...) {
      return on_failure();
    }
  }

  void on_success();

  /// What the exception now being handled means to whoever asked.
  caf::error on_failure();

private:
  std::string name_;
  database_options options_;
  std::unique_ptr<connection> db_;
  bool failing_ = false;
};

} // namespace velox::persistence
