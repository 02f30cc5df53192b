#pragma once

#include "persistence/open_database.hpp"
#include "persistence/reconnect_pause.hpp"

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
///
/// PostgreSQL: after an open that failed, requests fail at once until the next
/// try is due (reconnect_pause.hpp). A connection that broke while nobody used
/// it is replaced before, or, where nothing of a request was carried out yet,
/// by running that request once again: `work` may run twice.
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
    for (bool first = true;; first = false) {
      try {
        auto result = work(database());
        on_success();
        return result;
      } catch (...) {
        if (!first || !was_stale())
          return on_failure();
      }
    }
  }

  void on_success();

  /// What the exception now being handled means to whoever asked.
  caf::error on_failure();

private:
  std::unique_ptr<connection> open();
  bool was_stale();

  std::string name_;
  database_options options_;
  std::unique_ptr<connection> db_;
  bool kept_ = false; ///< the connection is older than the present request
  bool failing_ = false;
  reconnect_pause pause_;
  std::string problem_; ///< of the last open that failed
};

} // namespace velox::persistence
