#pragma once

#include "adapters/cli/rehearsal/script.hpp"
#include "adapters/language/scripted/file_map.hpp"

#include <span>
#include <utility>

/// The kinds of values that a call script is made of. Problems are noted in
/// the map they belong to, with their line and the fix.

namespace velox::rehearsal {

using language::file_map;

/// "900ms", "3.2s" or "2min"; nothing else, and nothing below zero.
std::optional<caf::timespan> parse_span(std::string_view text);

/// The span at `key`; `otherwise` when there is none or it is wrong.
caf::timespan
read_span(file_map& map, const std::string& key, caf::timespan otherwise);

/// The same where none makes a difference.
std::optional<caf::timespan> read_span(file_map& map, const std::string& key);

/// The whole number at `key`, from `low` to `high`.
std::optional<int64_t>
read_number(file_map& map, const std::string& key, int64_t low, int64_t high);

/// The number at `key`.
double read_real(file_map& map, const std::string& key, double low, double high,
                 double otherwise);

/// A text, {contains: TEXT} or {matches: REGEX}.
text_rule read_rule(file_map& map, const std::string& key);

/// One word of a list of words.
template <class T>
std::optional<T>
read_choice(file_map& map, const std::string& key,
            std::span<const std::pair<std::string_view, T>> choices) {
  auto text = map.text(key);
  if (text.empty())
    return std::nullopt;
  std::string known;
  for (auto& [name, value] : choices) {
    if (name == text)
      return value;
    known += (known.empty() ? "" : ", ") + std::string{name};
  }
  map.complain(key, "is '" + text + "'; it must be one of " + known);
  return std::nullopt;
}

/// The items of a list, or nothing; a word alone stands for {word: ""}.
std::vector<YAML::Node> list_items(file_map& map, const std::string& key);

/// YAML as JSON text: maps, lists, texts (quoted or not), numbers, true, false
/// and null.
std::string to_json(const YAML::Node& node);

/// The leaves of a map by their path: "arguments.day" and so on.
void flatten(const YAML::Node& node, const std::string& path,
             std::map<std::string, std::string>& out);

/// The line of a node, from 1.
inline int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

/// Which keys say when; and the cue that they make. `otherwise` without any.
cue read_cue(file_map& map, const cue& otherwise);

} // namespace velox::rehearsal
