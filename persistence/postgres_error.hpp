#pragma once

#include "persistence/database.hpp"

#include <string>
#include <string_view>

namespace velox::persistence {

/// What an SQLSTATE, five characters, means for what to do next
/// (https://www.postgresql.org/docs/15/errcodes-appendix.html).
failure classify_sqlstate(std::string_view state);

/// PostgreSQL's primary message as far as it may be shown: for class 22, whose
/// messages quote the value, without what is quoted.
std::string
presentable(std::string_view state, std::string_view primary_message);

} // namespace velox::persistence
