#pragma once

#include "config/settings.hpp"
#include "config/vendor_keys.hpp"

#include <functional>
#include <iosfwd>

namespace velox::cli {

/// What the program adds to the command line: the parts that need the whole
/// engine.
struct commands {
  /// Runs the engine until it is told to stop; returns the exit code. The
  /// source reads the same settings again.
  std::function<int(const config::settings&, const config::settings_source&)>
    serve;
};

/// The `velox` program: reads the options, runs one subcommand and returns its
/// exit code. Nothing is thrown; what went wrong is printed to standard error.
int run(int argc, const char* const* argv, const commands& parts);

/// The same, printing elsewhere.
int run(int argc, const char* const* argv, const commands& parts,
        std::ostream& out, std::ostream& err);

} // namespace velox::cli
