#pragma once

#include "config/settings.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace velox::config {

/// Where a value lies in `settings`; its type decides how it is written.
using setting_place = std::variant<bool*, uint16_t*, uint64_t*, duration*,
                                   std::string*, std::vector<std::string>*>;

/// What a text stands for, beyond its being text.
enum class text_kind : uint8_t {
  any,
  url,          ///< http:// or https://
  vendor_url,   ///< ws:// and wss:// too
  database_url, ///< postgresql:// or postgres://
  file,
  provider, ///< "vendor" or "vendor:detail", the vendor one of `choices`
};

/// One line of the table of all settings.
struct setting_key {
  /// As in the file: "server.port"; each dot is one level of the file.
  std::string_view name;
  setting_place (*in)(settings&);
  /// One sentence for the person who edits the file.
  std::string_view meaning;
  /// The environment variable that overrides the file; empty: none.
  std::string_view environment = {};
  /// Smallest and largest value; milliseconds for durations.
  uint64_t least = 0;
  uint64_t most = 0;
  /// The texts that are allowed, or the vendors; empty: any.
  std::vector<std::string_view> choices = {};
  text_kind kind = text_kind::any;
  bool may_be_empty = true;
  /// Never shown. A variable NAME_FILE beside `environment` may name a file
  /// that holds it.
  bool secret = false;
};

/// All settings, in the order of the example file.
std::span<const setting_key> setting_keys();

/// What `key` accepts, for documentation and errors: "from 1 to 65535".
std::string accepted_values(const setting_key& key);

/// Puts `text` where `key` says. Returns what is wrong with it, such as
/// "must be a whole number from 1 to 65535"; empty when all is well. Lists are
/// comma-separated here (they come from the environment).
std::string assign(const setting_key& key, settings& to, std::string_view text);

/// The value as the YAML file writes it; "(set)" for a secret that is.
std::string yaml_value(const setting_key& key, const settings& from);

/// The whole of config/velox.example.yaml: every key with its meaning, range,
/// environment name and default.
std::string example_yaml();

/// "500ms", "10s", "5m" or "1h" (a whole number and its unit); false when
/// `text` is none of these.
bool parse_duration(std::string_view text, duration& out);

/// The shortest text that `parse_duration` reads back.
std::string to_text(duration value);

} // namespace velox::config
