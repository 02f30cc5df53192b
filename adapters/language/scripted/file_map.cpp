#include "adapters/language/scripted/file_map.hpp"

#include <fmt/format.h>
#include <utility>

namespace velox::language {

file_map::file_map(const YAML::Node& node, std::string where,
                   std::vector<std::string>& errors)
  : node_(node), where_(std::move(where)), errors_(&errors) {
  if (!node_.IsMap()) {
    note(node_.Mark(), "must hold keys with values");
    node_ = YAML::Node{YAML::NodeType::Map};
  }
}

std::string file_map::text(const std::string& key) {
  auto value = get(key);
  if (!value.IsDefined() || value.IsNull())
    return "";
  if (value.IsScalar())
    return value.Scalar();
  complain(key, "must be a text");
  return "";
}

std::string file_map::required(const std::string& key) {
  auto out = text(key);
  auto value = get(key);
  if (out.empty() && (!value.IsDefined() || value.IsNull() || value.IsScalar()))
    complain(key, "is missing; add it");
  return out;
}

std::vector<std::string> file_map::texts(const std::string& key) {
  auto value = get(key);
  if (!value.IsDefined() || value.IsNull())
    return {};
  if (value.IsScalar())
    return {value.Scalar()};
  std::vector<std::string> out;
  for (auto item : value)
    if (value.IsSequence() && item.IsScalar() && !item.Scalar().empty())
      out.push_back(item.Scalar());
    else {
      complain(key, "must be a text or a list of texts");
      return {};
    }
  return out;
}

bool file_map::flag(const std::string& key) {
  auto value = text(key);
  if (!value.empty() && value != "true" && value != "false")
    complain(key, "must be true or false");
  return value == "true";
}

double file_map::share(const std::string& key, double otherwise) {
  auto value = get(key);
  if (!value.IsDefined())
    return otherwise;
  double out = 0;
  if (value.IsScalar() && YAML::convert<double>::decode(value, out) && out >= 0
      && out <= 1)
    return out;
  complain(key, "must be a number from 0 to 1");
  return otherwise;
}

std::optional<file_map> file_map::map(const std::string& key) {
  auto value = get(key);
  if (!value.IsDefined() || value.IsNull())
    return std::nullopt;
  return file_map{value, key, *errors_};
}

std::vector<file_map> file_map::maps(const std::string& key) {
  auto value = get(key);
  if (!value.IsDefined() || value.IsNull())
    return {};
  if (!value.IsSequence()) {
    complain(key, "must be a list");
    return {};
  }
  std::vector<file_map> out;
  for (auto item : value)
    out.emplace_back(item, fmt::format("{}[{}]", key, out.size() + 1),
                     *errors_);
  return out;
}

void file_map::no_other_keys() {
  std::set<std::string> seen;
  for (auto entry : node_) {
    auto key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (!known_.contains(key))
      note(entry.first.Mark(),
           fmt::format("'{}' is not known here; known are {}", key,
                       fmt::join(known_, ", ")));
    else if (!seen.insert(key).second)
      note(entry.first.Mark(),
           fmt::format("'{}' is there twice; remove one", key));
  }
}

void file_map::complain(const std::string& key, const std::string& problem) {
  auto value = get(key);
  auto at = value.IsDefined() ? value.Mark() : node_.Mark();
  note(at, fmt::format("'{}' {}", key, problem));
}

void file_map::complain(const std::string& key, size_t item,
                        const std::string& problem) {
  auto value = get(key);
  if (value.IsDefined() && value.IsSequence() && item < value.size())
    note(value[item].Mark(), fmt::format("'{}' {}", key, problem));
  else
    complain(key, problem);
}

YAML::Node file_map::get(const std::string& key) {
  known_.insert(key);
  // The const operator: the other one would add the key.
  return std::as_const(node_)[key];
}

void file_map::note(const YAML::Mark& at, const std::string& problem) {
  // What the parser made itself (an empty file) has no place in the file.
  errors_->push_back(fmt::format(
    "line {}: {}: {}", at.line < 0 ? 1 : at.line + 1, where_, problem));
}

} // namespace velox::language
