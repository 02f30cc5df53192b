#include "persistence/postgres_error.hpp"

#include <algorithm>
#include <array>

namespace velox::persistence {

namespace {

bool is_one_of(std::string_view x, auto... all) {
  return ((x == all) || ...);
}

/// `text` with "…" for each part in double quotes, and without what follows a
/// colon: there PostgreSQL puts the value.
std::string without_values(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    auto stop = text.find_first_of("\":");
    result += text.substr(0, stop);
    if (stop == text.npos || text[stop] == ':')
      break;
    // The value may hold quotes itself: all up to the last one is left out.
    auto end = text.rfind('"');
    result += "\"...\"";
    text.remove_prefix(std::max(end, stop) + 1);
  }
  return result;
}

} // namespace

failure classify_sqlstate(std::string_view state) {
  // Serialisation failure, deadlock, lock not available, statement time-out.
  if (is_one_of(state, "40001", "40P01", "55P03", "57014"))
    return failure::busy;
  auto kind = state.substr(0, 2);
  // Data exception, integrity constraint, program limit (too deep, too large).
  if (is_one_of(kind, "22", "23", "54"))
    return failure::constraint;
  // A read-only transaction is a server that was made a standby, 0A000 a plan
  // that a migration has outdated: a new connection mends both.
  if (is_one_of(state, "25006", "0A000", "26000"))
    return failure::unusable;
  if (is_one_of(kind, "42", "25", "2D", "3B", "0L", "0P"))
    return failure::misuse;
  // 08 connection, 57P0x shutdown, 53 resources, 58 system, XX internal, 28 and
  // 3D at login.
  return failure::unusable;
}

std::string
presentable(std::string_view state, std::string_view primary_message) {
  auto text = state.starts_with("22") ? without_values(primary_message)
                                      : std::string{primary_message};
  return "postgresql: " + text + " (SQLSTATE " + std::string{state} + ")";
}

} // namespace velox::persistence
