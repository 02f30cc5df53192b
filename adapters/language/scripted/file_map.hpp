#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>
#include <yaml-cpp/yaml.h>

namespace velox::language {

/// A YAML map that is read key by key, for people who make mistakes: every
/// problem is noted with its line and the fix, and reading goes on.
class file_map {
public:
  /// `where` names the map in complaints ("intents[2]").
  file_map(const YAML::Node& node, std::string where,
           std::vector<std::string>& errors);

  /// The text at `key`; empty when there is none.
  std::string text(const std::string& key);

  /// The same, but it must be there.
  std::string required(const std::string& key);

  /// A text or a list of texts.
  std::vector<std::string> texts(const std::string& key);

  /// true or false; false when there is none.
  bool flag(const std::string& key);

  /// A number from 0 to 1.
  double share(const std::string& key, double otherwise);

  /// The map at `key`.
  std::optional<file_map> map(const std::string& key);

  /// The list of maps at `key`.
  std::vector<file_map> maps(const std::string& key);

  /// The value of `key` as YAML has it; undefined when there is none.
  YAML::Node get(const std::string& key);

  /// Where the map begins in its file, from 1.
  int line() const { return node_.Mark().line + 1; }

  /// To be called last: complains about keys that nobody asked for.
  void no_other_keys();

  /// Notes that the value of `key` is wrong: "'key' <problem>".
  void complain(const std::string& key, const std::string& problem);

  /// The same for one text of the list at `key`, counted from 0.
  void
  complain(const std::string& key, size_t item, const std::string& problem);

private:
  void note(const YAML::Mark& at, const std::string& problem);

  YAML::Node node_;
  std::string where_;
  std::vector<std::string>* errors_;
  std::set<std::string> known_;
};

} // namespace velox::language
