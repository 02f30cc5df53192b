#pragma once

#include "persistence/database.hpp"
#include "persistence/postgres.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// libpq without its endless waits: every wait has an end, and every failure is
/// a database_error. For postgres.cpp only.

namespace velox::persistence {

struct clear_result {
  void operator()(PGresult* x) const { PQclear(x); }
};
using result_handle = std::unique_ptr<PGresult, clear_result>;

/// Values in PostgreSQL's text format; none is NULL.
using text_values = std::vector<std::optional<std::string>>;

/// One libpq connection.
class postgres_wire {
public:
  /// Connects. Throws database_error (unusable), without a password in it.
  explicit postgres_wire(const postgres_options& options);

  PGconn* get() const { return handle_.get(); }

  // What was sent begins to leave with the next wait. `check` throws when libpq
  // refused to take it.
  void send_script(const std::string& sql);
  void send_prepare(const std::string& name, const std::string& sql);
  void send_execute(const std::string& name, const text_values& values);
  /// A statement without values in the extended protocol, as a pipeline needs.
  void send_plain(const std::string& sql);

  /// The next result, null when there is none. Throws when the server is
  /// silent beyond the time-out, or the connection broke.
  result_handle next();

  /// Takes all results of what was sent; the last one that is not an error.
  /// Throws the first error.
  result_handle finish();

  /// Is anybody there? No round trip.
  bool alive();

  void enter_pipeline();
  void sync_pipeline();
  void leave_pipeline();

  /// What `result` says went wrong.
  [[noreturn]] static void fail(const PGresult* result);

private:
  struct finish_connection {
    void operator()(PGconn* x) const { PQfinish(x); }
  };
  using clock = std::chrono::steady_clock;

  void connect(const postgres_options& options);
  void check(int accepted);
  [[noreturn]] void fail_broken(const char* what);
  /// Waits until the socket has something to read, or, when `writing`, takes
  /// more. False: the deadline has passed.
  bool wait(bool writing, std::optional<clock::time_point> deadline) const;
  std::optional<clock::time_point> deadline() const;

  std::unique_ptr<PGconn, finish_connection> handle_;
  /// How long the server may be silent; 0: for ever.
  std::chrono::milliseconds silence_{0};
  bool broken_ = false;
};

} // namespace velox::persistence
