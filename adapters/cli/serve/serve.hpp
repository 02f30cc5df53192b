#pragma once

#include "config/settings.hpp"
#include "config/vendor_keys.hpp"

namespace velox::cli {

/// `velox serve`: runs the engine until SIGTERM or SIGINT. Then no new call is
/// taken, live calls finish up to `calls.drain_limit`, everything is stored.
/// SIGHUP: vendors' keys and addresses are read afresh from `source`.
/// Returns the exit code: 0 after an orderly stop, 1 when the engine could not
/// start or go on (the reason is logged).
int serve(const config::settings& settings,
          const config::settings_source& source);

} // namespace velox::cli
