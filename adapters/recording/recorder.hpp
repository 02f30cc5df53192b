#pragma once

#include "adapters/recording/sealed_file.hpp"
#include "adapters/recording/tracks.hpp"
#include "protocol/ports.hpp"

#include <caf/fwd.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

namespace velox::recording {

/// Where and how long recordings are kept.
struct recorder_parts {
  std::filesystem::path directory; ///< must exist
  std::shared_ptr<const key_port> keys;
  store_actor store; ///< hears of each file at its beginning and its end
  std::chrono::hours keep = std::chrono::hours{24 * 30};
  /// A recording ends here, whatever the call does.
  std::chrono::milliseconds longest = std::chrono::hours{24};
};

struct recorder_state {
  static inline const char* name = "recorder";

  recorder_parts parts;
  recording_record record;
  std::unique_ptr<sealed_writer> file; ///< null: it has failed, or is finished
  std::optional<recording_tracks> tracks;

  /// Ends the file as it is, should nobody have closed it.
  ~recorder_state();

  void start(const recording_options& options);
  void fail(const char* why);

  template <class F>
  void attempt(F work);

  /// Completes the file; `record` then has its length and size.
  recording_done finish(int64_t length_ms);
};

/// Writes both sides of one call to an encrypted file. Blocks, so spawn it
/// detached. A disk that fails ends the recording and not the call: the answer
/// to the closing is then a `recording_done` without a file. Ends once closed.
recorder_actor::behavior_type
recorder(recorder_actor::stateful_pointer<recorder_state> self,
         const recorder_parts& parts, const recording_options& options);

/// Spawns recorders, each in a thread of its own.
recorder_factory make_recorder(caf::actor_system& sys, recorder_parts parts);

} // namespace velox::recording
