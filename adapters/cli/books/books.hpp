#pragma once

#include "persistence/database.hpp"
#include "protocol/records.hpp"

#include <memory>
#include <string>

namespace velox::cli {

struct context;

/// The engine's database, brought up to date; an engine may use it meanwhile.
/// Throws database_error, migration_error and config_error.
std::unique_ptr<persistence::connection> open_books(const context& ctx);

/// What a user may know of the database: the file, or the server's and the
/// database's names.
std::string name_of_books(const context& ctx);

/// By this machine's clock.
unix_ms time_of_day();

} // namespace velox::cli
