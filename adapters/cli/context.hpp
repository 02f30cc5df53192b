#pragma once

#include "config/settings.hpp"

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

namespace velox::cli {

/// Exit codes that all subcommands share.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;
inline constexpr int exit_refused = 3;

/// What every subcommand works with: the global options and where to print.
struct context {
  std::ostream& out;
  std::ostream& err;
  std::string config_file; ///< empty: none
  std::string data_dir;    ///< empty: as the settings say
  std::optional<uint16_t> port;

  /// What the chosen subcommand does; set while the options are read.
  std::function<int()> action;

  /// The settings of the config file and the environment, with the global
  /// options on top. Throws `config::config_error`.
  config::settings settings() const;
};

/// How a tool talks to a running engine; empty fields are filled by `complete`.
struct engine_access {
  std::string engine;     ///< http://host:port
  std::string auth_token; ///< signs like Twilio
  std::string admin_key;  ///< opens the API
  bool insecure = false;  ///< accept any TLS certificate
};

/// Fills what is empty from the settings, else from the secrets that an engine
/// keeps in the data directory. Those are read only, never made: secrets that
/// no engine knows would open nothing.
void complete(engine_access& access, const config::settings& settings);

} // namespace velox::cli
