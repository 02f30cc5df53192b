#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace velox::config {

/// Environment variables by name.
using environment = std::map<std::string, std::string>;

/// The variables of this process.
environment process_environment();

/// The engine cannot start with what it was given. `what()` has one line per
/// problem; each names the file and line or the variable, the key and the fix.
/// No secret is repeated in it.
class config_error : public std::runtime_error {
public:
  explicit config_error(std::vector<std::string> problems);

  const std::vector<std::string>& problems() const { return problems_; }

private:
  std::vector<std::string> problems_;
};

/// The defaults, overridden by the YAML file at `path` (none: no file), and by
/// the variables in `env` that the table in keys.cpp names (empty ones count as
/// not set), secrets also from files that NAME_FILE names. Throws
/// `config_error` with all problems at once: unknown or repeated keys, bad
/// values, files that do not exist.
settings
load(const std::optional<std::filesystem::path>& path, const environment& env);

} // namespace velox::config
