#pragma once

#include "protocol/sessions.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What nodes publish to each other through Redis: one JSON object per
/// message, on `velox:all` or on `velox:node:<name>`.
///
///   {"type":"breaker","provider":"deepgram","open":true,"pause_ms":5000,
///    "node":"a"}
///   {"type":"end_call","call_id":"CA...","explanation":"..."}
///   {"type":"ping","node":"a"}

namespace velox {

/// A sign of life, which a node sends to itself: its subscription works.
struct node_ping {
  std::string node;
};

using node_message
  = std::variant<breaker_changed, end_call_anywhere, node_ping>;

std::string to_json(const node_message& x);

/// None for what is no such message, also for types of newer versions. Texts
/// that are too long for what they stand for are refused, a pause is cut to an
/// hour.
std::optional<node_message> parse_node_message(std::string_view text);

/// Whether `name` may name a node: 1 to 64 letters, digits, '.', '_' or '-'.
bool is_node_name(std::string_view name);

} // namespace velox
