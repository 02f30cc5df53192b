#include "adapters/cli/rehearsal/script_fields.hpp"
#include "adapters/cli/rehearsal/script_reader.hpp"
#include "adapters/cli/rehearsal/timeline.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sstream>

namespace velox::rehearsal {

namespace {

bool has_field(std::string_view list, const std::string& name) {
  if (list == "*")
    return true;
  std::istringstream in{std::string{list}};
  for (std::string x; in >> x;)
    if (x == name)
      return true;
  return false;
}

/// The rules for the fields of an entry: every key that is not ours.
void read_fields(file_map& map, const YAML::Node& node, const entry_kind& kind,
                 expectation& out) {
  constexpr std::array ours{"within", "not_before", "times", "never"};
  for (auto pair : node) {
    auto key = pair.first.Scalar();
    if (key == kind.name || std::count(ours.begin(), ours.end(), key) > 0)
      continue;
    map.get(key);
    if (!has_field(kind.fields, key) && key != "arguments") {
      map.complain(key,
                   fmt::format("is nothing that '{}' has; it has {}", kind.name,
                               kind.fields.empty() ? "no more" : kind.fields));
      continue;
    }
    if (key == "arguments" && pair.second.IsMap()) {
      std::map<std::string, std::string> leaves;
      flatten(pair.second, "arguments", leaves);
      for (auto& [path, value] : leaves)
        out.fields[path] = {text_rule::kind::exactly, value};
    } else {
      out.fields[key] = read_rule(map, key);
    }
  }
}

std::optional<expectation>
read_item(const YAML::Node& node, const std::string& where,
          std::vector<std::string>& errors) {
  file_map map{node, where, errors};
  if (!node.IsMap())
    return std::nullopt;
  for (auto pair : node) { // the first key that is a kind says what it is
    auto kinds = entry_kinds();
    auto kind = std::find_if(kinds.begin(), kinds.end(), [&](auto& x) {
      return pair.first.IsScalar() && x.name == pair.first.Scalar();
    });
    if (kind == kinds.end())
      continue;
    expectation out;
    out.line = line_of(node);
    out.kind = kind->name;
    out.fields[""] = read_rule(map, out.kind);
    read_fields(map, node, *kind, out);
    out.within = read_span(map, "within");
    out.not_before = read_span(map, "not_before");
    if (auto x = read_number(map, "times", 0, 100'000))
      out.times = static_cast<size_t>(*x);
    if (map.flag("never"))
      out.times = 0;
    map.no_other_keys();
    return out;
  }
  std::string known;
  for (auto& kind : entry_kinds())
    known += (known.empty() ? "" : ", ") + std::string{kind.name};
  map.complain("said",
               "or another expectation is missing; give one of " + known);
  return std::nullopt;
}

std::vector<expectation> read_list(file_map& map, const std::string& key,
                                   std::vector<std::string>& errors) {
  std::vector<expectation> result;
  auto items = list_items(map, key);
  for (size_t i = 0; i < items.size(); ++i)
    if (auto x = read_item(items[i], fmt::format("{}[{}]", key, i + 1), errors))
      result.push_back(std::move(*x));
  return result;
}

/// {at_most: 8s, at_least: 1s}; a time alone is `at_most`.
void read_figure(file_map& map, const char* key, call_script& out) {
  auto node = map.get(key);
  if (!node.IsDefined())
    return;
  figure_rule x;
  x.line = line_of(node);
  x.name = key;
  if (node.IsScalar()) {
    x.at_most = read_span(map, key);
  } else if (auto sub = map.map(key)) {
    x.at_most = read_span(*sub, "at_most");
    x.at_least = read_span(*sub, "at_least");
    sub->no_other_keys();
  }
  out.figures.push_back(std::move(x));
}

} // namespace

std::string expectation::describe() const {
  std::string result = kind;
  for (auto& [name, rule] : fields) {
    auto text = rule.describe();
    if (!text.empty())
      result += name.empty() ? " " + text : fmt::format(", {} {}", name, text);
  }
  return result;
}

void read_expectations(file_map& root, call_script& out,
                       std::vector<std::string>& errors) {
  auto map = root.map("expect");
  if (!map)
    return;
  out.in_order = read_list(*map, "in_order", errors);
  out.anytime = read_list(*map, "anytime", errors);
  for (auto& x : out.in_order)
    if (x.times)
      errors.push_back(fmt::format("line {}: in_order: 'times' and 'never' "
                                   "count over the whole call; move the item "
                                   "to anytime",
                                   x.line));
  for (auto* key : {"duration", "silence", "billed", "recording"})
    read_figure(*map, key, out);
  auto ended = map->get("ended");
  if (ended.IsDefined()) {
    expectation x;
    x.line = line_of(ended);
    x.kind = "ended";
    if (ended.IsMap()) {
      auto sub = map->map("ended");
      x.fields[""] = read_rule(*sub, "reason");
      for (auto* key : {"explanation", "transfer_to", "status"})
        if (sub->get(key).IsDefined())
          x.fields[key] = read_rule(*sub, key);
      sub->no_other_keys();
    } else {
      x.fields[""] = read_rule(*map, "ended");
    }
    auto& reason = x.fields[""];
    if (reason.what == text_rule::kind::exactly
        && !parse_end_reason(reason.text))
      map->complain("ended",
                    "is no end reason; 'velox test --help' lists them");
    out.anytime.push_back(std::move(x));
  }
  map->no_other_keys();
}

} // namespace velox::rehearsal
