#pragma once

#include "adapters/cli/rehearsal/script.hpp"
#include "adapters/language/scripted/calendar.hpp"
#include "adapters/language/scripted/file_map.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace velox::rehearsal {

/// The calls of one file, or what is wrong with it.
struct scripts_parsed {
  std::vector<call_script> calls;
  /// "line 12: caller[2]: 'say' ...; do so".
  std::vector<std::string> errors;
};

/// Reads a file that a script names (its agent's), relative to the script; or
/// what went wrong, as the error.
using file_reader = std::function<caf::expected<std::string>(std::string_view)>;

/// Reads the calls of `yaml`, one per YAML document. `name` is what a call is
/// named that does not name itself.
scripts_parsed parse_scripts(std::string_view yaml, const std::string& name,
                             const file_reader& read_file);

/// "2026-01-05 10:00", local time; none when it is no such thing.
std::optional<language::moment> parse_begin(std::string_view text);

// -- parts of the above, by file
// ----------------------------------------------

/// `providers`, `model`, `tools` (script_stages.cpp).
void read_stages(language::file_map& root, call_script& out,
                 std::vector<std::string>& errors);

/// `expect` (script_expect.cpp).
void read_expectations(language::file_map& root, call_script& out,
                       std::vector<std::string>& errors);

} // namespace velox::rehearsal
