#pragma once

#include "adapters/providers/vendors.hpp"
#include "config/settings.hpp"
#include "protocol/messages.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace velox::cli {

struct context;

/// What came of one tiny request.
struct provider_report {
  std::string vendor; ///< "deepgram"
  std::string stage;  ///< "recognizer", "voice" or "model"
  std::string name;   ///< "deepgram:nova-3"
  std::string status; ///< "ok", or what went wrong: "unauthorized"
  std::chrono::milliseconds latency{0};
  std::string why; ///< for operators; empty when all is well
  std::string fix; ///< what to do; empty when all is well
  bool ok() const { return status == "ok"; }
};

/// Asks every configured vendor for a little of everything that it is there
/// for, all at once: a session that hears 200 ms of silence, "Hello.", one
/// short answer. Takes at most `patience`. Throws std::runtime_error when
/// `providers.ca_file` cannot be read.
std::vector<provider_report>
check_providers(const config::settings& settings,
                std::chrono::milliseconds patience);

/// What to do about it, exactly.
std::string
fix_for(const providers::vendor_info& vendor, const std::string& host,
        const std::string& name, const provider_failed& failure);

/// Adds `velox providers check`.
void add_providers(CLI::App& app, context& ctx);

} // namespace velox::cli
