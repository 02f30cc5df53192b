#pragma once

#include "adapters/console/recordings.hpp"
#include "adapters/recording/recorder.hpp"
#include "adapters/speech/worker_pool.hpp"
#include "config/settings.hpp"
#include "protocol/ports.hpp"

#include <caf/actor_system.hpp>

namespace velox::cli {

/// All that has to do with recordings in this engine: who makes them, who hears
/// them, who deletes them.
class recordings {
public:
  /// Makes the directory and, unless the settings name one, the key. Starts to
  /// delete what was kept long enough. Throws std::exception with what to mend.
  recordings(caf::actor_system& sys, const config::settings& settings,
             store_actor store, std::function<unix_ms()> time_of_day);

  ~recordings();

  recordings(const recordings&) = delete;
  recordings& operator=(const recordings&) = delete;

  /// For calls; may be used as long as this object lives.
  recorder_factory recorders() const;

  /// For operators: decrypts in a thread of its own, one after the other.
  console::recording_source source() const;

  /// Ends its actor.
  void stop();

private:
  caf::actor_system& sys_;
  recording::recorder_parts parts_;
  recording_retention_actor retention_;
  speech::worker_pool reading_{1};
  std::shared_ptr<speech::strand> queue_ = reading_.make_strand();
};

} // namespace velox::cli
