#include "protocol/node_message.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace velox {

namespace {

constexpr size_t longest_message = 4096;
constexpr size_t longest_name = 64;
constexpr size_t longest_explanation = 512;
constexpr int64_t longest_pause_ms = 3'600'000;

/// The member's text when it is there, not empty and not too long.
std::optional<std::string>
short_text(const rapidjson::Value& x, std::string_view name, size_t limit) {
  auto text = json_text(x, name);
  if (!text || text->empty() || text->size() > limit)
    return std::nullopt;
  return std::string{*text};
}

std::optional<node_message> read_breaker(const rapidjson::Value& x) {
  auto provider = short_text(x, "provider", longest_name);
  auto node = short_text(x, "node", longest_name);
  auto open = json_bool(x, "open");
  auto pause = json_integer(x, "pause_ms").value_or(0);
  if (!provider || !node || !is_node_name(*node) || !open || pause < 0)
    return std::nullopt;
  return breaker_changed{std::move(*provider), *open,
                         std::min(pause, longest_pause_ms), std::move(*node)};
}

std::optional<node_message> read_end_call(const rapidjson::Value& x) {
  auto call_id = short_text(x, "call_id", longest_name);
  if (!call_id)
    return std::nullopt;
  return end_call_anywhere{
    std::move(*call_id),
    short_text(x, "explanation", longest_explanation).value_or("")};
}

std::optional<node_message> read_ping(const rapidjson::Value& x) {
  auto node = short_text(x, "node", longest_name);
  if (!node || !is_node_name(*node))
    return std::nullopt;
  return node_ping{std::move(*node)};
}

std::string write(const breaker_changed& x) {
  return json_object{}
    .add("type", "breaker")
    .add("provider", x.provider)
    .add("open", x.open)
    .add("pause_ms", x.pause_ms)
    .add("node", x.node)
    .str();
}

std::string write(const end_call_anywhere& x) {
  return json_object{}
    .add("type", "end_call")
    .add("call_id", x.call_id)
    .add("explanation", x.explanation)
    .str();
}

std::string write(const node_ping& x) {
  return json_object{}.add("type", "ping").add("node", x.node).str();
}

} // namespace

std::string to_json(const node_message& x) {
  return std::visit([](auto& y) { return write(y); }, x);
}

std::optional<node_message> parse_node_message(std::string_view text) {
  rapidjson::Document document;
  if (text.size() > longest_message
      || read_json(text, document, 4) != json_error::none)
    return std::nullopt;
  auto type = json_text(document, "type");
  if (type == "breaker")
    return read_breaker(document);
  if (type == "end_call")
    return read_end_call(document);
  if (type == "ping")
    return read_ping(document);
  return std::nullopt;
}

bool is_node_name(std::string_view name) {
  auto known = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
           || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= longest_name
         && std::all_of(name.begin(), name.end(), known);
}

} // namespace velox
