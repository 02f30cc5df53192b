#pragma once

#include "config/secrets.hpp"
#include "config/settings.hpp"
#include "config/vendor_keys.hpp"

#include <cstdint>
#include <memory>

namespace velox::cli {

/// The whole engine in this process, put together from its parts. The one
/// place, beside the command line, that knows all of them.
class engine_process {
public:
  /// Opens the data directory, builds the agents' language models, starts the
  /// actors and listens. `keys` are looked at whenever a vendor is asked.
  /// Throws std::exception with what to mend.
  engine_process(const config::settings& settings,
                 const config::secrets& secrets,
                 std::shared_ptr<const config::vendor_keys> keys);

  /// Whatever still lives is ended without ceremony.
  ~engine_process();

  engine_process(const engine_process&) = delete;
  engine_process& operator=(const engine_process&) = delete;

  /// Where it listens.
  uint16_t port() const;

  /// False when the root supervisor has given up: nothing works any more.
  bool alive() const;

  /// Takes no new call from now on; live ones go on.
  void start_draining();

  /// Whether the last call has ended since `start_draining`.
  bool drained() const;

  /// Tells the calls that are left to say goodbye.
  void end_calls();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace velox::cli
