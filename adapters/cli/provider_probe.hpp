#pragma once

#include "adapters/providers/catalogue.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace velox::cli {

/// What a probe found.
struct probe_result {
  std::optional<provider_failed> failure{}; ///< none: it works
  std::chrono::milliseconds latency{0};
};

/// One tiny request under way. Ends with its owner.
class provider_probe {
public:
  virtual ~provider_probe() = default;

  /// None when nothing has come until then.
  virtual std::optional<probe_result>
  wait_until(std::chrono::steady_clock::time_point deadline) = 0;
};

/// Asks for a session, and has it hear 200 ms of silence.
std::unique_ptr<provider_probe>
probe(caf::actor_system& system, const provider<recognizer_factory>& x);

/// Has it say "Hello."
std::unique_ptr<provider_probe>
probe(caf::actor_system& system, const provider<synthesizer_factory>& x);

/// Asks it for one word.
std::unique_ptr<provider_probe>
probe(caf::actor_system& system, const provider<language_model_factory>& x);

} // namespace velox::cli
