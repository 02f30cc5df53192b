#pragma once

#include "persistence/database.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace velox::persistence {

/// How to reach a PostgreSQL server, 13 or newer. What the fields mean is in
/// open_database.hpp.
struct postgres_options {
  std::string url;
  std::chrono::milliseconds patience{2000};
  std::chrono::milliseconds statement_timeout{5000};
  std::chrono::milliseconds connect_timeout{5000};
};

/// Connects through libpq. The URL may carry libpq's own parameters, sslmode
/// and sslrootcert among them
/// (https://www.postgresql.org/docs/15/libpq-connect.html). Throws
/// database_error; no text of this connection ever holds a password or a value.
std::unique_ptr<connection> open_postgres(const postgres_options& options);

} // namespace velox::persistence
