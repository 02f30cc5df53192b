#pragma once

#include <spdlog/logger.h>
#include <string>
#include <string_view>

namespace velox::config {

/// The engine's log: one line per event on standard error, UTC, thread-safe.
///
/// A line is a fixed sentence with `key=value` fields behind it, the call id
/// first: `log().info("The call has ended. call={} reason={}", id, why)`.
/// What a caller says or dials, and secrets, are never fields.
spdlog::logger& log();

/// Shows `level` and worse from now on: "trace", "debug", "info", "warn",
/// "error" or "off". Other words change nothing and return false.
bool set_log_level(std::string_view level);

/// `value` as it may stand behind `key=`: quoted and escaped when it has
/// blanks, quotes or control characters, so that text from the network can
/// neither forge fields nor lines.
std::string field(std::string_view value);

} // namespace velox::config
