#include "adapters/cli/rehearsal/script_fields.hpp"

#include "adapters/cli/rehearsal/ear_text.hpp"
#include "protocol/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <regex>

namespace velox::rehearsal {

namespace {

constexpr auto a_span = "must be a time such as 900ms, 3.2s or 2min";

std::string trimmed(std::string_view x) {
  auto from = x.find_first_not_of(" \t\n");
  if (from == std::string_view::npos)
    return {};
  return std::string{x.substr(from, x.find_last_not_of(" \t\n") - from + 1)};
}

std::string scalar_json(const YAML::Node& node) {
  auto& text = node.Scalar();
  auto quoted = node.Tag() == "!";
  double number = 0;
  if (!quoted && (text == "true" || text == "false" || text == "null"))
    return text;
  if (!quoted && !text.empty() && YAML::convert<double>::decode(node, number)
      && std::isfinite(number)) {
    std::string out;
    append_json_number(out, number);
    return out;
  }
  std::string out;
  append_json_string(out, text);
  return out;
}

/// The words for moments, and which take a time.
struct moment_key {
  const char* key;
  cue::moment when;
};

constexpr std::array<moment_key, 6> moments{{
  {"quiet", cue::moment::quiet},
  {"after_answer", cue::moment::answered},
  {"over_agent", cue::moment::over_agent},
  {"after", cue::moment::later},
  {"at", cue::moment::at},
  {"over_word", cue::moment::over_word},
}};

} // namespace

// -- text_rule ----------------------------------------------------------------

bool text_rule::holds(std::string_view x) const {
  switch (what) {
    case kind::anything: return true;
    case kind::exactly: return trimmed(x) == trimmed(text);
    case kind::contains:
      return lower(std::string{x}).find(lower(text)) != std::string::npos;
    case kind::matches:
      return std::regex_search(
        std::string{x},
        std::regex{text, std::regex::ECMAScript | std::regex::icase});
  }
  return false;
}

std::string text_rule::describe() const {
  switch (what) {
    case kind::anything: return "";
    case kind::exactly: return fmt::format("\"{}\"", text);
    case kind::contains: return fmt::format("that contains \"{}\"", text);
    case kind::matches: return fmt::format("that matches /{}/", text);
  }
  return "";
}

// -- spans and numbers --------------------------------------------------------

std::optional<caf::timespan> parse_span(std::string_view text) {
  double number = 0;
  auto end = text.data() + text.size();
  auto [next, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || !(number >= 0) || number > 1e6)
    return std::nullopt;
  std::string_view unit{next, static_cast<size_t>(end - next)};
  auto factor = unit == "ms"    ? 1.
                : unit == "s"   ? 1e3
                : unit == "min" ? 6e4
                                : 0.;
  if (factor == 0 || number * factor > 864e5)
    return std::nullopt;
  return caf::timespan{std::llround(number * factor * 1e6)};
}

std::optional<caf::timespan> read_span(file_map& map, const std::string& key) {
  auto text = map.text(key);
  if (text.empty())
    return std::nullopt;
  auto result = parse_span(text);
  if (!result)
    map.complain(key, a_span);
  return result;
}

caf::timespan
read_span(file_map& map, const std::string& key, caf::timespan otherwise) {
  return read_span(map, key).value_or(otherwise);
}

std::optional<int64_t>
read_number(file_map& map, const std::string& key, int64_t low, int64_t high) {
  auto text = map.text(key);
  if (text.empty())
    return std::nullopt;
  int64_t result = 0;
  auto end = text.data() + text.size();
  auto [next, error] = std::from_chars(text.data(), end, result);
  if (error == std::errc{} && next == end && result >= low && result <= high)
    return result;
  map.complain(key,
               fmt::format("must be a whole number from {} to {}", low, high));
  return std::nullopt;
}

double read_real(file_map& map, const std::string& key, double low, double high,
                 double otherwise) {
  auto node = map.get(key);
  if (!node.IsDefined())
    return otherwise;
  double result = 0;
  if (node.IsScalar() && YAML::convert<double>::decode(node, result)
      && result >= low && result <= high)
    return result;
  map.complain(key, fmt::format("must be a number from {} to {}", low, high));
  return otherwise;
}

// -- texts --------------------------------------------------------------------

text_rule read_rule(file_map& map, const std::string& key) {
  auto node = map.get(key);
  if (!node.IsDefined() || node.IsNull())
    return {};
  if (node.IsScalar())
    return {text_rule::kind::exactly, node.Scalar()};
  std::string contains, matches;
  if (node.IsMap() && node.size() == 1) {
    auto entry = node.begin(); // what it points to lives no longer than it
    auto value = YAML::Node{entry->second};
    auto name = entry->first.Scalar();
    if (value.IsScalar() && name == "contains")
      return {text_rule::kind::contains, value.Scalar()};
    if (value.IsScalar() && name == "matches") {
      try {
        std::regex check{value.Scalar()};
        return {text_rule::kind::matches, value.Scalar()};
      } catch (const std::regex_error&) {
        map.complain(key, "has a regular expression that is none; mend it");
        return {};
      }
    }
  }
  map.complain(key, "must be a text, {contains: TEXT} or {matches: REGEX}");
  return {};
}

std::vector<YAML::Node> list_items(file_map& map, const std::string& key) {
  auto node = map.get(key);
  std::vector<YAML::Node> result;
  if (!node.IsDefined() || node.IsNull())
    return result;
  if (!node.IsSequence()) {
    map.complain(key, "must be a list");
    return result;
  }
  for (auto item : node)
    result.push_back(item);
  return result;
}

std::string to_json(const YAML::Node& node) {
  if (node.IsMap()) {
    json_object out;
    for (auto entry : node)
      out.add_raw(entry.first.IsScalar() ? entry.first.Scalar() : "",
                  to_json(entry.second));
    return out.str();
  }
  if (node.IsSequence()) {
    json_array out;
    for (auto item : node)
      out.add_raw(to_json(item));
    return out.str();
  }
  return node.IsScalar() ? scalar_json(node) : "null";
}

void flatten(const YAML::Node& node, const std::string& path,
             std::map<std::string, std::string>& out) {
  if (node.IsMap())
    for (auto entry : node)
      flatten(entry.second, path + "." + entry.first.Scalar(), out);
  else if (node.IsSequence())
    out[path] = to_json(node);
  else
    out[path] = node.IsScalar() ? node.Scalar() : "null";
}

// -- moments ------------------------------------------------------------------

cue read_cue(file_map& map, const cue& otherwise) {
  auto result = otherwise;
  size_t given = 0;
  for (auto& x : moments) {
    auto node = map.get(x.key);
    if (!node.IsDefined())
      continue;
    if (given++ > 0)
      map.complain(x.key, "is a second moment; a step has one");
    result.when = x.when;
    if (x.when == cue::moment::over_word)
      result.word
        = static_cast<size_t>(read_number(map, x.key, 1, 1000).value_or(1));
    else
      result.wait = read_span(map, x.key, result.wait);
  }
  if (auto text = map.text("when_agent_says"); !text.empty()) {
    if (given++ > 0)
      map.complain("when_agent_says", "is a second moment; a step has one");
    result = {cue::moment::agent_says, caf::timespan{0}, text, 0};
    result.wait = read_span(map, "wait", result.wait);
  }
  return result;
}

} // namespace velox::rehearsal
